internal import TLCCore
public import TLCKernels

/// What is left of input 0 after division by input 1, with broadcasting.
///
/// With the sign of the divisor; of the dividend where `fmod` says so, as floats need. Integers
/// leave 0 where the divisor is 0.
public struct Mod: Operator {
  public static let name = "Mod"
  public static let inputCounts = 2...2
  private let hasSignOfDividend: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    hasSignOfDividend = try attributes.flag("fmod", default: false)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (a, b) = (try inputs[0], try inputs[1])
    guard a.dtype == b.dtype, a.dtype != .bool else {
      throw OperatorError("its inputs are \(a.dtype) and \(b.dtype), not numbers of one type")
    }
    guard hasSignOfDividend || !a.dtype.isFloatingPoint else {
      throw OperatorError("its inputs are \(a.dtype), for which attribute \"fmod\" must be 1")
    }
    return [ValueType(a.dtype, try Broadcasting.dimensions([a.dimensions, b.dimensions]))]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let a = inputs[0], let b = inputs[1], let out = outputs[0] else { return }
      if hasSignOfDividend {
        a.dtype.run(ArithmeticWork<TruncatedRemainder>(a: a, b: b, out: out, context: context))
      } else {
        a.dtype.run(ArithmeticWork<FlooredRemainder>(a: a, b: b, out: out, context: context))
      }
    }
  }
}

/// The remainder of division towards zero, which is exact.
private struct TruncatedRemainder: BinaryArithmetic {
  static let name = "Mod"
  static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    a.truncatingRemainder(dividingBy: b)
  }
  static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number {
    b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
  }
}

/// The remainder of division towards −∞.
private struct FlooredRemainder: BinaryArithmetic {
  static let name = "Mod"
  static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    TruncatedRemainder.apply(a, b)
  }
  static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number {
    let rest = TruncatedRemainder.apply(a, b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest
  }
}
