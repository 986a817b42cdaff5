public import TLCCore
public import TLCSystem

/// Dependent quantization (trellis-coded, as in VVC and NNC): two grids by turns, the codes of a whole
/// sequence chosen together. It has the error of ``UniformStepQuantizer`` in fewer bits.
///
/// Sequences run along the outputs of a matrix. Where inputs are known, errors are made good by
/// feedback, column by column. The step is that of a uniform grid of as much error, in units of the
/// root mean square of the elements that are not 0. An element that is 0 stays 0. A table whose look-ups
/// were counted is quantized as ``UniformStepQuantizer`` does.
public struct TrellisQuantizer: Quantizer {
  public static let name = "trellis"

  /// The step of a uniform grid of as much error, in units of the RMS.
  public let step: Double
  /// The states: 4 or 8.
  public let states: TrellisStates
  /// Counted from the back where it is negative: the axis that sequences run along where inputs are
  /// not known.
  public let axis: Int
  /// Whether and how errors are made good.
  public let feedback: FeedbackOptions

  private static let steps = 0x1p-20...16.0

  /// - Precondition: `step` is in 2⁻²⁰...2⁴.
  public init(
    step: Double, states: TrellisStates = TrellisStates(count: 8), axis: Int = 0,
    feedback: FeedbackOptions = FeedbackOptions()
  ) {
    precondition(Self.steps.contains(step), "a step of \(step)")
    self.step = step
    self.states = states
    self.axis = axis
    self.feedback = feedback
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    step = try parameters.number("step", in: Self.steps)
    let count = try parameters.integer("states", in: 4...8, default: 8)
    guard count == 4 || count == 8 else {
      throw .parameter(method: Self.name, key: "states", allowed: "4 or 8")
    }
    states = TrellisStates(count: count)
    axis = try parameters.integer(
      "axis", in: -Shape.maximumRank...Shape.maximumRank - 1, default: 0)
    feedback = try FeedbackOptions(parameters: &parameters)
    try parameters.finish()
  }

  /// What the step of a uniform grid is times, so that the error is the same: measured on normal
  /// numbers, in steps of a third of their spread.
  private var stepShare: Double { states.count == 8 ? 0.593 : 0.585 }

  public func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    // Where each row has a step, a sequence has no grid of its own.
    if tensor.shape.rank == 0 || calibration?.lookUps?.contains(where: { $0 > 0 }) == true {
      return try UniformStepQuantizer(step: step, feedback: feedback).quantize(
        tensor, calibration: calibration, parallelism: parallelism)
    }
    let inputs = feedback.isWanted ? calibration?.inputs : nil
    var axis = try tensor.shape.resolved(axis: axis)
    if let inputs, let outputs = outputAxis(of: tensor.shape, inputs) { axis = outputs }
    func quantize<Element: FloatingTensorElement>(
      _: Element.Type
    ) throws(CompressionError) -> TrellisValues {
      try self.quantize(tensor, Element.self, axis, calibration, parallelism)
    }
    return try tensor.withFiniteElements { type throws(CompressionError) in
      type == Float.self ? try quantize(Float.self) : try quantize(type)
    }
  }

  /// The last axis of a matrix's outputs.
  private func outputAxis(
    of shape: Shape, _ inputs: (axes: InputAxes, moments: InputMoments)
  ) -> Int? {
    guard inputs.axes == .trailing else { return shape.rank - 1 }
    var (axis, width) = (shape.rank, 1)
    while width < inputs.moments.width, axis > 1 {
      axis -= 1
      width *= shape.dimensions[axis]
    }
    return width == inputs.moments.width ? axis - 1 : nil
  }

  private func quantize<Element: FloatingTensorElement>(
    _ tensor: Tensor, _: Element.Type, _ axis: Int, _ calibration: TensorCalibration?,
    _ parallelism: Parallelism
  ) throws(CompressionError) -> TrellisValues {
    let slices = Slices<Element>(tensor: tensor, layout: .tensor)
    let statistics = slices.statistics(parallelism)[0]
    let rounding = StepRounding(
      dtype: tensor.dtype, steps: [statistics.rms], isShared: true)
    let wanted = rounding.round(statistics.rms * step * stepShare, .up)
    // A multiple is about twice a code.
    let greatest = wanted == 0 ? 0 : statistics.peak / wanted
    guard greatest < Double(TrellisValues.codeBound) else {
      throw .codeRange(greatest: greatest)
    }
    let step = rounding.finite(wanted, code: Int32(greatest) + 4, as: Element.self)
    let codes: [Int32]
    if step == 0 || tensor.shape.count == 0 {
      codes = Array(repeating: 0, count: tensor.shape.count)
    } else if let feedback = Feedback(tensor, Element.self, calibration, feedback, parallelism) {
      codes = feedback.codes(
        along: states, step: step, length: tensor.shape.dimensions[axis],
        greatest: rounding.greatestCode(step, as: Element.self))
    } else {
      codes = plainCodes(tensor, Element.self, axis, step, parallelism)
    }
    return TrellisValues(
      shape: tensor.shape, dtype: tensor.dtype, axis: axis, states: states, step: step,
      codes: codes)
  }

  /// Codes without feedback, a block of sequences a thread.
  private func plainCodes<Element: FloatingTensorElement>(
    _ tensor: Tensor, _: Element.Type, _ axis: Int, _ step: Double, _ parallelism: Parallelism
  ) -> [Int32] {
    let length = tensor.shape.dimensions[axis]
    let inner = tensor.shape.stride(of: axis)
    let blockLength = length * inner
    return parallelism.fill(count: tensor.shape.count, pieceLength: blockLength) {
      (block, out: inout MutableSpan<Int32>) in
      var search = TrellisSearch(states)
      var codes = [Int32](repeating: 0, count: length)
      tensor.withElements(of: Element.self) { elements in
        for column in 0..<inner {
          search.start()
          for place in 0..<length {
            let x = elements[block * blockLength + place * inner + column].double
            search.add(x / step, isZero: x == 0)
          }
          search.finish { place, code, _ in codes[place] = code }
          for place in 0..<length { out[place * inner + column] = codes[place] }
        }
      }
    }
  }
}
