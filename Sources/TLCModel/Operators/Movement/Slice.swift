internal import TLCCore
public import TLCKernels

/// Parts of the axes of input 3, from the starts of input 1 to before the ends of input 2, in the
/// steps of input 4.
public struct Slice: PlainOperator {
  public static let name = "Slice"
  public static let inputCounts = 3...5
  public init() {}

  /// What is taken along an axis.
  private struct Part {
    let axis: Int
    let start: Int
    let end: Int
    /// Not 0.
    let step: Int

    /// The first index and the number of them, along an axis of this length.
    func places(length: Int) -> (first: Int, count: Int) {
      // From the front, and held to where the first and the one past the last can be.
      func place(_ index: Int, from least: Int) -> Int {
        min(max(index < 0 ? index + length : index, least), step > 0 ? length : length - 1)
      }
      let (first, last) = (place(start, from: 0), place(end, from: step > 0 ? 0 : -1))
      let distance = step > 0 ? last - first : first - last
      guard distance > 0 else { return (0, 0) }
      let stride = Int(min(step.magnitude, UInt(length)))
      return (first, (distance - 1) / stride + 1)
    }

    /// Whether it is the whole axis, however long, forwards or backwards.
    var isWhole: Bool {
      let far = Int(Int32.max)
      return step == 1 && start == 0 && end >= far
        || step == -1 && (start == -1 || start >= far) && end <= -far
    }
  }

  private static func parts(
    rank: Int, _ starts: [Int], _ ends: [Int], _ axes: [Int]?, _ steps: [Int]?
  ) throws(OperatorError) -> [Part] {
    let axes = try Axis.indices(axes ?? Array(starts.indices), rank: rank)
    let steps = steps ?? starts.map { _ in 1 }
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count
    else {
      throw OperatorError(
        "it has \(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) "
          + "steps, not as many of each")
    }
    guard !steps.contains(0) else { throw OperatorError("a step is 0") }
    return starts.indices.map {
      Part(axis: axes[$0], start: starts[$0], end: ends[$0], step: steps[$0])
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    var type = try inputs[0]
    guard let starts = try inputs.integers(1), let ends = try inputs.integers(2) else {
      throw OperatorError("its starts or ends are missing")
    }
    let parts = try Self.parts(
      rank: type.rank, starts, ends, try inputs.integers(3), try inputs.integers(4))
    for part in parts {
      if let length = type.dimensions[part.axis].length {
        type.dimensions[part.axis] = Dimension(part.places(length: length).count)
      } else if !part.isWhole {
        type.dimensions[part.axis] = Dimension(named: inputs.freshName(0, part.axis))
      }
    }
    return [type]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let starts = inputs[1], let ends = inputs[2],
      let out = outputs[0]
    else { return }
    func integers(_ place: Int) -> [Int]? {
      inputs.indices.contains(place) ? inputs[place]?.integers : nil
    }
    let parts = try Self.parts(
      rank: input.shape.rank, starts.integers, ends.integers, integers(3), integers(4))
    var strides = input.shape.strides
    var start = 0
    for part in parts {
      let (first, count) = part.places(length: input.shape.dimensions[part.axis])
      start += first * strides[part.axis]
      // Steps beyond the end are not taken, and may be too large to multiply.
      strides[part.axis] = count > 1 ? strides[part.axis] * part.step : 0
    }
    Movement.gather(input, start: start, strides: strides, into: out, context)
  }
}
