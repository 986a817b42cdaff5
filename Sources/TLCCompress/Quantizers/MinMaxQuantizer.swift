public import TLCCore
public import TLCSystem

/// The affine quantizer of *Train large, then compress* (Li et al., 2020): 2^bits levels from the
/// least to the greatest element, the range widened to hold 0, and the zero point rounded, so that
/// 0 is a level.
///
/// |decoded − element| is at most one step: half for the element, half for the zero point.
public struct MinMaxQuantizer: Quantizer {
  public static let name = "min-max"

  private let rounding: RoundToNearestQuantizer

  /// - Precondition: `bits` is in 2...16.
  public init(
    bits: Int, granularity: Granularity = Granularity(),
    feedback: FeedbackOptions = FeedbackOptions()
  ) {
    rounding = RoundToNearestQuantizer(
      bits: bits, isSymmetric: false, granularity: granularity, range: .absmax,
      feedback: feedback)
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    let bits = try parameters.integer("bits", in: 2...16)
    let granularity = try Granularity(parameters: &parameters)
    let feedback = try FeedbackOptions(parameters: &parameters)
    try parameters.finish()
    self.init(bits: bits, granularity: granularity, feedback: feedback)
  }

  public func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    try rounding.quantize(tensor, calibration: calibration, parallelism: parallelism)
  }
}
