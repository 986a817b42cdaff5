public import TLCCore
internal import TLCKernels
public import TLCSystem

/// Rounds to multiples of a step, without clipping: what entropy coding makes small.
///
/// The step is in units of the root mean square of the elements that are not 0, of the tensor or of
/// each slice. Where a bit costs nothing and no errors are made good by feedback, |decoded − element| is at
/// most half a step, plus the rounding of the product.
public struct UniformStepQuantizer: Quantizer {
  public static let name = "uniform-step"

  /// The step, in units of the RMS.
  public let step: Double
  /// How steps are shared out.
  public let granularity: Granularity
  /// How much finer the steps of rows are that are often looked up: a row of 𝑛 look-ups in
  /// calibration has the step times (𝑛 + 1)^(−frequency / 2), but no less than 1/16 of it.
  public let frequency: Double
  /// How much finer the steps of columns are whose errors weigh more: where a matrix's inputs are one of
  /// its axes, and errors are made good, each has the step times (mean 𝐷 / 𝐷ⱼ)^(inputs / 2), but no less
  /// than 1/16 and no more than 16 of it, with 𝐷 of `formats/recipe.md` §Feedback.
  public let inputs: Double
  /// What a bit costs when a code is chosen, where 1 is what it saves where steps are small: its share of
  /// Δ²/12 that a bit divides by 4, 2 ln 2; 0 for the nearest multiple.
  public let lambda: Double
  /// Whether and how errors are made good.
  public let feedback: FeedbackOptions

  /// - Precondition: `step` is in 2⁻²⁰...2⁴.
  public init(
    step: Double, granularity: Granularity = Granularity(),
    frequency: Double = Self.standardFrequency, inputs: Double = 0, lambda: Double = 0,
    feedback: FeedbackOptions = FeedbackOptions()
  ) {
    precondition(Self.steps.contains(step), "a step of \(step)")
    self.step = step
    self.granularity = granularity
    self.frequency = frequency
    self.inputs = inputs
    self.lambda = lambda
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
    inputs = try parameters.number("inputs", in: 0...1, default: 0)
    lambda = try parameters.number("lambda", in: 0...16, default: 0)
    feedback = try FeedbackOptions(parameters: &parameters)
    try parameters.finish()
  }

  public func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    let layout = try layout(for: tensor.shape, calibration)
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

  /// How often each row is looked up, where that makes its step.
  private func lookUps(_ calibration: TensorCalibration?, _ shape: Shape) -> [Int]? {
    guard granularity.axis == nil, frequency > 0, let lookUps = calibration?.lookUps,
      lookUps.count == shape.dimensions.first
    else { return nil }
    return lookUps
  }

  /// How steps are shared out: rows of a table have steps of their own where it is known how often they
  /// are looked up, and columns of a matrix where it is known what they are multiplied by.
  private func layout(
    for shape: Shape, _ calibration: TensorCalibration?
  ) throws(CompressionError) -> StepLayout {
    if lookUps(calibration, shape) != nil { return .axis(0) }
    if granularity.axis == nil, inputs > 0, feedback.isWanted,
      let axis = calibration?.inputs.flatMap({ shape.axis(of: $0) })
    {
      return .axis(axis)
    }
    return try granularity.layout(for: shape)
  }

  /// What the step of a row is times.
  private func share(lookUps: Int) -> Double {
    max(1.0 / 16, DoubleFunctions.pow(Double(lookUps + 1), -frequency / 2))
  }

  /// What the step of a column is times.
  private func share(weight: Double) -> Double {
    min(max(DoubleFunctions.pow(weight, -inputs / 2), 1.0 / 16), 16)
  }

  private func quantize<Element: FloatingTensorElement>(
    _ slices: Slices<Element>, _ calibration: TensorCalibration?, _ parallelism: Parallelism
  ) throws(CompressionError) -> UniformValues {
    let statistics = slices.statistics(parallelism)
    let feedback = Feedback(slices.tensor, Element.self, calibration, feedback, parallelism)
    var wanted = statistics.map { $0.rms * step }
    if granularity.axis == nil, slices.layout != .tensor {
      let whole = Slices<Element>(tensor: slices.tensor, layout: .tensor)
      let rms = whole.statistics(parallelism)[0].rms
      if let lookUps = lookUps(calibration, slices.tensor.shape) {
        wanted = lookUps.map { rms * step * share(lookUps: $0) }
      } else if let factor = feedback?.factor {
        for (column, weight) in zip(factor.order, factor.relativeWeights) {
          wanted[column] = rms * step * share(weight: weight)
        }
      }
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
      steps: steps, bounds: -bound...bound, lambda: lambda, feedback, parallelism)
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

extension Shape {
  /// The axis that is a matrix's inputs, where it is one.
  fileprivate func axis(of inputs: (axes: InputAxes, moments: InputMoments)) -> Int? {
    guard rank >= 2 else { return nil }
    let axis = inputs.axes == .trailing ? rank - 1 : 0
    return dimensions[axis] == inputs.moments.width ? axis : nil
  }
}
