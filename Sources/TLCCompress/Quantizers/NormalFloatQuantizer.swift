public import TLCCore
public import TLCSystem

/// The 16 levels of NF4 (Dettmers et al., 2023), quantiles of the normal distribution, times the greatest
/// magnitude of each group.
///
/// Levels are rounded to 1/127 of that magnitude, so that they are codes of a uniform grid: of 255 codes
/// 16 occur, which entropy coding stores in at most 4 bits. Data-free; with calibration, errors are made
/// good by feedback.
public struct NormalFloatQuantizer: Quantizer {
  public static let name = "nf4"

  /// How magnitudes are shared out.
  public let granularity: Granularity
  /// Whether and how errors are made good.
  public let feedback: FeedbackOptions

  /// The levels of NF4 times 127, to the nearest integer.
  static let codes: [Int32] = [
    -127, -88, -67, -50, -36, -23, -12, 0, 10, 20, 31, 43, 56, 71, 92, 127,
  ]

  /// Creates a quantizer.
  public init(
    granularity: Granularity = Granularity(axis: -1, groupSize: 64),
    feedback: FeedbackOptions = FeedbackOptions()
  ) {
    self.granularity = granularity
    self.feedback = feedback
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    var granularity = try Granularity(parameters: &parameters)
    if granularity.axis == nil { granularity = Granularity(axis: -1, groupSize: 64) }
    self.granularity = granularity
    feedback = try FeedbackOptions(parameters: &parameters)
    try parameters.finish()
  }

  public func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    let layout = try granularity.layout(for: tensor.shape)
    func quantize<Element: FloatingTensorElement>(_: Element.Type) -> UniformValues {
      self.quantize(Slices<Element>(tensor: tensor, layout: layout), calibration, parallelism)
    }
    return try tensor.withFiniteElements { type throws(CompressionError) in
      type == Float.self ? quantize(Float.self) : quantize(type)
    }
  }

  private func quantize<Element: FloatingTensorElement>(
    _ slices: Slices<Element>, _ calibration: TensorCalibration?, _ parallelism: Parallelism
  ) -> UniformValues {
    let greatest = Self.codes[Self.codes.count - 1]
    let wanted = slices.statistics(parallelism).map { $0.peak / Double(greatest) }
    let rounding = StepRounding(
      dtype: slices.tensor.dtype, steps: wanted, isShared: slices.layout == .tensor)
    let steps = wanted.map {
      rounding.finite(rounding.round($0, .up), code: greatest, as: Element.self)
    }
    let rounder = LevelRounder(
      grid: GridRounder(
        slices.tensor.shape, slices.layout, steps: steps, zeroPoints: nil,
        bounds: -greatest...greatest), codes: Self.codes)
    let feedback = Feedback(slices.tensor, Element.self, calibration, feedback, parallelism)
    return UniformValues(
      shape: slices.tensor.shape, dtype: slices.tensor.dtype, layout: slices.layout,
      stepType: rounding.type, steps: steps, minimum: -greatest, maximum: greatest,
      codes: feedback?.codes(rounder) ?? slices.codes(rounder, parallelism) { _ in 1 })
  }
}

/// Rounds to the nearest of a few multiples of a step, the lower of two that are equally near.
private struct LevelRounder: ElementRounder {
  let grid: GridRounder
  /// Ascending.
  let codes: [Int32]

  func round(_ x: Float, at index: Int, weight: Double) -> (code: Int32, level: Float) {
    let step = grid.steps[grid.place(of: index)]
    let quotient = step == 0 ? 0 : Double(x) / step
    var best = 0
    for place in codes.indices
    where abs(Double(codes[place]) - quotient) < abs(Double(codes[best]) - quotient) {
      best = place
    }
    return (codes[best], Float(Double(codes[best]) * step))
  }

  func zero(at index: Int) -> Int32 { 0 }
}
