public import TLCKernels

/// A plain recurrence over a sequence: `formats/graph.md` §Numbers.
public struct RNN: PreparableOperator {
  public static let name = "RNN"
  public static let inputCounts = 3...6
  public static let outputCounts = 0...2
  private var layer: RecurrentLayer

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    layer = RecurrentLayer(
      .plain,
      try RecurrentAttributes(&attributes, standard: ["Tanh"]))
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    try layer.infer(inputs)
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    layer.scratchByteCount(inputs, outputs, threadCount: threadCount)
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try layer.evaluate(inputs, into: outputs, context)
  }

  public func prepared(_ fixed: [TensorView?], given: [Bool]) -> PreparedOperator? {
    guard let held = layer.holding(fixed, given: given) else { return nil }
    var prepared = self
    prepared.layer = held.layer
    return PreparedOperator(prepared, heldInputs: held.places)
  }
}
