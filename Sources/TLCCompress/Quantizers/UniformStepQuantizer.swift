public import TLCCore
internal import TLCKernels
public import TLCSystem

/// Rounds to multiples of a step, without clipping: what entropy coding makes small.
///
/// The step is in units of the root mean square of the elements that are not 0, of the tensor or of
/// each slice. Where no errors are made good by feedback, |decoded − element| is at most half a step,
/// plus the rounding of the product.
public struct UniformStepQuantizer: Quantizer {
  public static let name = "uniform-step"

  /// The step, in units of the RMS.
  public let step: Double
  /// How steps are shared out.
  public let granularity: Granularity
  /// How much finer the steps of rows are that are often looked up: a row of 𝑛 look-ups in
  /// calibration has the step times (𝑛 + 1)^(−frequency / 2), but no less than 1/16 of it.
  public let frequency: Double
  /// Whether and how errors are made good.
  public let feedback: FeedbackOptions

  /// - Precondition: `step` is in 2⁻²⁰...2⁴.
  public init(
    step: Double, granularity: Granularity = Granularity(),
    frequency: Double = Self.standardFrequency, feedback: FeedbackOptions = FeedbackOptions()
  ) {
    precondition(Self.steps.contains(step), "a step of \(step)")
    self.step = step
    self.granularity = granularity
    self.frequency = frequency
    self.feedback = feedback
  }

  /// Where nothing is said of ``frequency``.
  public static let standardFrequency = 1.0

  private static let steps = 0x1p-20...16.0

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    step = try parameters.number("step", in: Self.steps)
    granularity = try Granularity(parameters: &parameters)
    frequency = try parameters.number(
      "frequency", in: 0...1, default: Self.standardFrequency)
    feedback = try FeedbackOptions(parameters: &parameters)
    try parameters.finish()
  }

  public func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    var layout = try granularity.layout(for: tensor.shape)
    // Rows of a table have steps of their own where it is known how often they are looked up.
    let lookUps = granularity.axis == nil && frequency > 0 ? calibration?.lookUps : nil
    if let lookUps, lookUps.count == tensor.shape.dimensions.first { layout = .axis(0) }
    func quantize<Element: FloatingTensorElement>(
      _: Element.Type
    ) throws(CompressionError) -> UniformValues {
      try self.quantize(
        Slices<Element>(tensor: tensor, layout: layout), calibration, parallelism)
    }
    return try tensor.withFiniteElements { type throws(CompressionError) in
      type == Float.self ? try quantize(Float.self) : try quantize(type)
    }
  }

  /// What the step of a row is times.
  private func share(lookUps: Int) -> Double {
    max(1.0 / 16, DoubleFunctions.pow(Double(lookUps + 1), -frequency / 2))
  }

  private func quantize<Element: FloatingTensorElement>(
    _ slices: Slices<Element>, _ calibration: TensorCalibration?, _ parallelism: Parallelism
  ) throws(CompressionError) -> UniformValues {
    let statistics = slices.statistics(parallelism)
    var wanted = statistics.map { $0.rms * step }
    if granularity.axis == nil, slices.layout != .tensor, let lookUps = calibration?.lookUps {
      let whole = Slices<Element>(tensor: slices.tensor, layout: .tensor)
      let rms = whole.statistics(parallelism)[0].rms
      wanted = lookUps.map { rms * step * share(lookUps: $0) }
    }
    let rounding = StepRounding(
      dtype: slices.tensor.dtype, steps: wanted, isShared: slices.layout == .tensor)
    var steps: [Double] = []
    for (wanted, statistics) in zip(wanted, statistics) {
      let step = rounding.round(wanted, .up)
      let greatest = step == 0 ? 0 : (statistics.peak / step).rounded(.toNearestOrEven)
      guard greatest < Double(UniformValues.codeBound) else {
        throw .codeRange(greatest: greatest)
      }
      steps.append(
        rounding.finite(step, code: Int32(greatest), as: Element.self))
    }
    // Errors that are made good may lead beyond the greatest element.
    let bound = rounding.greatestCode(steps.max() ?? 0, as: Element.self)
    let codes = slices.codes(
      steps: steps, zeroPoints: nil, bounds: -bound...bound, calibration, feedback, parallelism)
    var least: Int32 = 0
    var greatest: Int32 = 0
    for code in codes {
      least = min(least, code)
      greatest = max(greatest, code)
    }
    return UniformValues(
      shape: slices.tensor.shape, dtype: slices.tensor.dtype, layout: slices.layout,
      stepType: rounding.type, steps: steps, minimum: least, maximum: greatest, codes: codes)
  }
}
