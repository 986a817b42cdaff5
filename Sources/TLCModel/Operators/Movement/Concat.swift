internal import TLCCore
public import TLCKernels

/// The inputs one after the other along `axis`.
public struct Concat: Operator {
  public static let name = "Concat"
  public static let inputCounts = 1...65_536
  private let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    guard let axis = try attributes.int("axis") else {
      throw OperatorError("attribute \"axis\" is missing")
    }
    self.axis = axis
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    var result = try inputs[0]
    let axis = try Axis.index(axis, rank: result.rank)
    var sum: Dimension? = result.dimensions[axis]
    for place in 1..<max(1, inputs.count) {
      var input = try inputs[place]
      guard input.rank == result.rank, input.dtype == result.dtype else {
        throw OperatorError("input \(place) is \(input), and input 0 \(result)")
      }
      sum = sum?.plus(input.dimensions[axis])
      input.dimensions[axis] = result.dimensions[axis]
      guard input == result else {
        throw OperatorError(
          "input \(place) is \(try inputs[place]), and input 0 \(result): axes other than \(axis) "
            + "differ")
      }
    }
    result.dimensions[axis] = sum ?? Dimension(named: inputs.freshName(0, axis))
    return [result]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let out = outputs[0] else { return }
    let axis = try Axis.index(axis, rank: out.shape.rank)
    var start = 0
    for case let input? in inputs {
      Movement.copy(
        input.shape.dimensions, from: .init(view: input, strides: input.shape.strides),
        to: .init(view: out, start: start, strides: out.shape.strides), context)
      start += input.shape.dimensions[axis] * out.shape.stride(of: axis)
    }
  }
}
