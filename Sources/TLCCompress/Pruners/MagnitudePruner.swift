public import TLCCore
public import TLCSystem

/// Drops the elements of least magnitude (Han et al., 2015), or of least magnitude times their inputs'.
///
/// Drops exactly ⌊sparsity × count⌋ elements. Of equal magnitudes the one that comes first in
/// row-major order is dropped; a NaN is greater than any number.
public struct MagnitudePruner: Pruner {
  public static let name = "magnitude"

  /// The share of elements to drop, in 0...1.
  public let sparsity: Double
  /// What elements are ranked by.
  public let score: PruningScore

  /// - Precondition: `sparsity` is in 0...1.
  public init(sparsity: Double, score: PruningScore = .magnitude) {
    precondition((0...1).contains(sparsity), "sparsity \(sparsity) is not in 0...1")
    self.sparsity = sparsity
    self.score = score
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    sparsity = try parameters.number("sparsity", in: 0...1)
    score = try PruningScore(parameters: &parameters)
    try parameters.finish()
  }

  public var needsCalibration: Bool { score == .wanda }

  public func mask(
    for tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap {
    if score == .wanda, calibration?.inputs != nil {
      let scores = try score.scores(of: tensor, calibration)
      var mask = Bitmap(repeating: true, count: scores.count)
      for index in scores.leastPlaces(Int(sparsity * Double(scores.count))) { mask[index] = false }
      return mask
    }
    var selection = MagnitudeSelection(sparsity: sparsity)
    while !selection.isComplete {
      try selection.count(tensor)
      selection.advance()
    }
    return try selection.mask(for: tensor)
  }
}
