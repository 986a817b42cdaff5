internal import TLCCore
public import TLCKernels

/// 𝑥 from 0 on, below 𝑥 times its element of input 1, which is broadcast to input 0.
public struct PRelu: PlainOperator {
  public static let name = "PRelu"
  public static let inputCounts = 2...2
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (input, slope) = (try inputs[0], try inputs[1])
    guard input.dtype == slope.dtype, input.dtype != .bool else {
      throw OperatorError(
        "its inputs are \(input.dtype) and \(slope.dtype), not numbers of one type")
    }
    guard try Broadcasting.dimensions([input.dimensions, slope.dimensions]) == input.dimensions
    else { throw OperatorError("input 1 is \(slope), which does not broadcast to \(input)") }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let input = inputs[0], let slope = inputs[1], let out = outputs[0] else { return }
      input.dtype.run(
        ArithmeticWork<SlopeBelowZero>(a: input, b: slope, out: out, context: context))
    }
  }
}

private struct SlopeBelowZero: BinaryArithmetic {
  static let name = "PRelu"
  static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    a < 0 ? b * a : a
  }
  static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number {
    a < 0 ? b &* a : a
  }
}
