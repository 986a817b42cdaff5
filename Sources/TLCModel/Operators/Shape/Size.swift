internal import TLCCore
public import TLCKernels

/// The number of elements, as `i64`.
public struct Size: ShapeOperator, PlainOperator {
  public static let name = "Size"
  public static let inputCounts = 1...1
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    _ = try inputs[0]
    return [ValueType(.i64, [])]
  }

  func fold(_ inputs: OperatorInputs) -> Tensor? {
    inputs.optional(0)?.type.shape.map { Tensor([Int64($0.count)], shape: .scalar) }
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    out.elements(of: Int64.self)[0] = Int64(input.shape.count)
  }
}
