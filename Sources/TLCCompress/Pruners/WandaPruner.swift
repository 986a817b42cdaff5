public import TLCCore
public import TLCSystem

/// Drops of each output's weights those of least |𝑤|·‖𝑥‖, where 𝑥 is what the weight was multiplied by
/// on all inputs of calibration (Sun et al., 2024).
///
/// Drops exactly ⌊sparsity × inputs⌋ weights of each output; of equal scores the one of the first input.
/// A tensor whose inputs are not known is pruned as ``MagnitudePruner`` does.
public struct WandaPruner: Pruner {
  public static let name = "wanda"

  /// The share of weights to drop, in 0...1.
  public let sparsity: Double

  /// - Precondition: `sparsity` is in 0...1.
  public init(sparsity: Double) {
    precondition((0...1).contains(sparsity), "sparsity \(sparsity) is not in 0...1")
    self.sparsity = sparsity
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    sparsity = try parameters.number("sparsity", in: 0...1)
    try parameters.finish()
  }

  public var needsCalibration: Bool { true }

  public func mask(
    for tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap {
    guard let inputs = calibration?.inputs, tensor.shape.count > 0 else {
      return try MagnitudePruner(sparsity: sparsity).mask(for: tensor, parallelism: parallelism)
    }
    let scores = try PruningScore.wanda.scores(of: tensor, calibration)
    let width = inputs.moments.width
    let rows = scores.count / width
    let (rowStride, stride) = inputs.axes == .trailing ? (width, 1) : (1, rows)
    let dropped = parallelism.map(rows) { row in
      (0..<width).map { scores[row * rowStride + $0 * stride] }
        .leastPlaces(Int(sparsity * Double(width))).map { row * rowStride + $0 * stride }
    }
    var mask = Bitmap(repeating: true, count: scores.count)
    for row in dropped { for index in row { mask[index] = false } }
    return mask
  }
}
