public import TLCCore
public import TLCSystem

/// Rounds to multiples of a step, without clipping: what entropy coding makes small.
///
/// The step is in units of the root mean square of the elements that are not 0, of the tensor or of
/// each slice. Where no errors are made good by feedback, |decoded − element| is at most half a step,
/// plus the rounding of the product.
///
/// A table whose look-ups were counted, and that has no other granularity, has a step a row: the rarer
/// it is looked up, the greater, with the step as that of the same expected error.
public struct UniformStepQuantizer: Quantizer {
  public static let name = "uniform-step"

  /// The step, in units of the RMS.
  public let step: Double
  /// How steps are shared out.
  public let granularity: Granularity
  /// Whether and how errors are made good.
  public let feedback: FeedbackOptions
  /// Whether steps of a table follow its look-ups.
  public let weighsLookUps: Bool

  /// - Precondition: `step` is in 2⁻²⁰...2⁴.
  public init(
    step: Double, granularity: Granularity = Granularity(),
    feedback: FeedbackOptions = FeedbackOptions(), weighsLookUps: Bool = true
  ) {
    precondition(Self.steps.contains(step), "a step of \(step)")
    self.step = step
    self.granularity = granularity
    self.feedback = feedback
    self.weighsLookUps = weighsLookUps
  }

  private static let steps = 0x1p-20...16.0

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    step = try parameters.number("step", in: Self.steps)
    granularity = try Granularity(parameters: &parameters)
    feedback = try FeedbackOptions(parameters: &parameters)
    weighsLookUps = try parameters.flag("look-ups", default: true)
    try parameters.finish()
  }

  public func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    var layout = try granularity.layout(for: tensor.shape)
    var factors: [Double]?
    if weighsLookUps, layout == .tensor, let lookUps = calibration?.lookUps,
      lookUps.count == tensor.shape.dimensions.first
    {
      factors = LookUpSteps(lookUps)?.factors
      if factors != nil { layout = .axis(0) }
    }
    func quantize<Element: FloatingTensorElement>(
      _: Element.Type
    ) throws(CompressionError) -> UniformValues {
      try self.quantize(
        Slices<Element>(tensor: tensor, layout: layout), factors, calibration, parallelism)
    }
    return try tensor.withFiniteElements { type throws(CompressionError) in
      type == Float.self ? try quantize(Float.self) : try quantize(type)
    }
  }

  private func quantize<Element: FloatingTensorElement>(
    _ slices: Slices<Element>, _ factors: [Double]?, _ calibration: TensorCalibration?,
    _ parallelism: Parallelism
  ) throws(CompressionError) -> UniformValues {
    let statistics = slices.statistics(parallelism)
    let wanted: [Double]
    if let factors {
      let rms = Slices<Element>.Statistics(sum: statistics).rms
      wanted = factors.map { rms * step * $0 }
    } else {
      wanted = statistics.map { $0.rms * step }
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
