public import TLCCore
public import TLCSystem

/// Drops weights that the others can make good, and changes those accordingly (Frantar and Alistarh,
/// 2023): the steps of optimal brain surgery in one sweep over the columns of a matrix.
///
/// Of each 128 columns, those weights are dropped that leave the least error, 𝑥²𝐷ⱼ with the column's
/// weight 𝐷ⱼ of `formats/recipe.md` §Feedback and 𝑥 as the columns before left it; of equal ones the
/// first, row by row. A tensor whose inputs are not known is pruned by magnitude.
public struct SparseGPTPruner: Pruner {
  public static let name = "sparse-gpt"

  /// What is dropped, and how many.
  public let pattern: SparsityPattern
  /// In which order columns are swept, and what is added to the moments' diagonal.
  public let options: FeedbackOptions

  /// - Parameters:
  ///   - pattern: what is dropped; columns of groups and of blocks are swept as they stand.
  ///   - damping: what is added to the moments' diagonal, in units of its mean.
  ///   - order: of the columns, where weights are dropped one by one.
  /// - Precondition: `damping` is in 2⁻⁴⁰...1.
  public init(
    _ pattern: SparsityPattern, damping: Double = 0.01,
    order: FeedbackOptions.Order = .descending
  ) {
    self.pattern = pattern
    var order = order
    if case .share = pattern {} else { order = .natural }
    options = FeedbackOptions(damping: damping, order: order)
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    let pattern = try SparsityPattern(parameters: &parameters)
    let options = try FeedbackOptions(sweepOf: &parameters)
    try parameters.finish()
    self.init(pattern, damping: options.damping, order: options.order)
  }

  public var needsCalibration: Bool { true }

  public func mask(
    for tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap {
    try sweep(tensor, calibration, parallelism).mask
  }

  public func prune(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Tensor {
    try sweep(tensor, calibration, parallelism).tensor
  }

  private func sweep(
    _ tensor: Tensor, _ calibration: TensorCalibration?, _ parallelism: Parallelism
  ) throws(CompressionError) -> (tensor: Tensor, mask: Bitmap) {
    func sweep<Element: FloatingTensorElement>(_: Element.Type) -> (Tensor, Bitmap)? {
      Feedback(tensor, Element.self, calibration, options, parallelism).map {
        let isTurned = calibration?.inputs?.axes == .leading
        let (elements, mask) = $0.prune(isTurned ? pattern.transposed : pattern, Element.self)
        return (Tensor(elements, shape: tensor.shape), mask)
      }
    }
    let swept = try tensor.withFiniteElements { type throws(CompressionError) in
      type == Float.self ? sweep(Float.self) : sweep(type)
    }
    if let swept { return swept }
    let mask = try pattern.byMagnitude.mask(
      for: tensor, calibration: calibration, parallelism: parallelism)
    return (tensor.pruned(keeping: mask), mask)
  }
}
