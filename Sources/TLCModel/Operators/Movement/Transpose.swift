internal import TLCCore
public import TLCKernels

/// The axes in another order: axis 𝑖 of the output is axis `perm[𝑖]` of the input; reversed where
/// nothing is said.
public struct Transpose: Operator {
  public static let name = "Transpose"
  public static let inputCounts = 1...1
  let permutation: [Int]?

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    permutation = try attributes.ints("perm")
  }

  func permutation(rank: Int) throws(OperatorError) -> [Int] {
    let order = permutation ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw OperatorError("\"perm\" is \(order), not an order of \(rank) axes")
    }
    return order
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    return [
      ValueType(input.dtype, try permutation(rank: input.rank).map { input.dimensions[$0] })
    ]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    let order = try permutation(rank: input.shape.rank)
    let strides = order.map { input.shape.stride(of: $0) }
    Movement.gather(input, strides: strides, into: out, context)
  }
}
