internal import TLCCore
public import TLCKernels

/// Input 0, as often along each axis as input 1 says.
public struct Tile: PlainOperator {
  public static let name = "Tile"
  public static let inputCounts = 2...2
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard let repeats = try inputs.integers(1), repeats.count == input.rank else {
      throw OperatorError("input 1 does not have a number for each axis of \(input)")
    }
    var dimensions: [Dimension] = []
    for (dimension, count) in zip(input.dimensions, try [Dimension](lengths: repeats)) {
      guard let product = dimension.times(count) else {
        throw OperatorError("\(count) times \(dimension) is too long for an axis")
      }
      dimensions.append(product)
    }
    return [ValueType(input.dtype, dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0], out.shape.count > 0 else { return }
    // Axis by axis, the last first: each time what is there already is copied behind itself.
    Movement.copy(
      input.shape.dimensions, from: .init(view: input, strides: input.shape.strides),
      to: .init(view: out, strides: out.shape.strides), context)
    var lengths = input.shape.dimensions
    let strides = out.shape.strides
    for axis in lengths.indices.reversed() {
      let step = lengths[axis] * strides[axis]
      for start in stride(
        from: step, to: out.shape.dimensions[axis] * strides[axis], by: max(1, step))
      {
        Movement.copy(
          lengths, from: .init(view: out, strides: strides),
          to: .init(view: out, start: start, strides: strides), context)
      }
      lengths[axis] = out.shape.dimensions[axis]
    }
  }
}
