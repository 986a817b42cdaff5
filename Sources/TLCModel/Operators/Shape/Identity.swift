internal import TLCCore
public import TLCKernels

/// The input.
public struct Identity: PlainOperator {
  public static let name = "Identity"
  public static let inputCounts = 1...1
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] { [try inputs[0]] }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) { Movement.copyAll(inputs, outputs) }
}

extension Movement {
  /// Sets the elements of the first output to those of the first input, in order.
  static func copyAll(_ inputs: [TensorView?], _ outputs: [TensorView?]) {
    guard let source = inputs[0]?.bytes, let out = outputs[0]?.bytes else { return }
    out.copy(out.count, from: source, at: 0, to: 0)
  }
}
