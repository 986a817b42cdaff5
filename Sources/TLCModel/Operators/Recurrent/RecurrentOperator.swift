public import TLCKernels

/// An operator that is a recurrent layer.
public protocol RecurrentOperator: PreparableOperator {
  /// What it does.
  var layer: RecurrentLayer { get set }
}

extension RecurrentOperator {
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
