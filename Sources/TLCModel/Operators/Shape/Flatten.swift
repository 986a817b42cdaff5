public import TLCKernels

/// The axes before `axis` as one, and those from it on as another.
public struct Flatten: Operator {
  public static let name = "Flatten"
  public static let inputCounts = 1...1
  private let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? 1
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard axis >= -input.rank, axis <= input.rank else {
      throw OperatorError("axis \(axis) is not one of a tensor of rank \(input.rank)")
    }
    let axis = axis < 0 ? axis + input.rank : axis
    let dimensions = [
      Array(input.dimensions[..<axis]).product, Array(input.dimensions[axis...]).product,
    ]
    return [ValueType(input.dtype, dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) { Movement.copyAll(inputs, outputs) }
}
