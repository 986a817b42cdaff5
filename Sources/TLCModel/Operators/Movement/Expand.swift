internal import TLCCore
public import TLCKernels

/// Input 0, broadcast with the shape of input 1.
public struct Expand: PlainOperator {
  public static let name = "Expand"
  public static let inputCounts = 2...2
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard let lengths = try inputs.integers(1) else { throw OperatorError("input 1 is missing") }
    let dimensions = try [Dimension](lengths: lengths)
    return [
      ValueType(input.dtype, try Broadcasting.dimensions([input.dimensions, dimensions]))
    ]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    Movement.gather(
      input, strides: Broadcasting.strides(of: input.shape, in: out.shape), into: out, context)
  }
}

extension [Dimension] {
  /// Lengths of axes that stand in a file.
  init(lengths: [Int]) throws(OperatorError) {
    self = []
    for length in lengths {
      guard length >= 0 else { throw OperatorError("a length is \(length), not from 0") }
      append(Dimension(length))
    }
  }
}
