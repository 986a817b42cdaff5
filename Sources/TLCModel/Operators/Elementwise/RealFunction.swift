internal import TLCCore
public import TLCKernels

/// A function of one number that IEEE 754 rounds once at most, element by element.
public protocol RealFunction: PlainOperator {
  /// The definition.
  static func apply<Number: FloatingNumber>(_ x: Number) -> Number
}

/// A function of one number of any type.
public protocol NumberFunction: RealFunction {
  /// Wraps around where the result does not fit.
  static func apply<Number: IntegerNumber>(_ x: Number) -> Number
}

extension RealFunction {
  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype.isFloatingPoint else {
      throw OperatorError("its input is \(input.dtype), not of a floating-point type")
    }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let input = inputs[0], let out = outputs[0] else { return }
      input.dtype.run(RealWork<Self>(input: input, out: out, context: context))
    }
  }
}

extension NumberFunction {
  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype != .bool else { throw OperatorError("its input is bool, not of numbers") }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let input = inputs[0], let out = outputs[0] else { return }
      input.dtype.run(NumberWork<Self>(input: input, out: out, context: context))
    }
  }
}

private struct RealWork<Function: RealFunction>: ElementWork {
  let input: TensorView
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    Elementwise.unary(input, out, Number.self, Number.self, context) {
      $0.map { Function.apply($0) }
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {}
}

private struct NumberWork<Function: NumberFunction>: ElementWork {
  let input: TensorView
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    Elementwise.unary(input, out, Number.self, Number.self, context) {
      $0.map { Function.apply($0) }
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    Elementwise.unary(input, out, Number.self, Number.self, context) {
      $0.map { Function.apply($0) }
    }
  }
}
