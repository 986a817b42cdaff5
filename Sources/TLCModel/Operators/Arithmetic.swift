internal import TLCCore
public import TLCKernels

/// An operator on two tensors of one type, element by element, with broadcasting.
public protocol BinaryArithmetic: PlainOperator {
  /// The result, rounded once.
  static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number
  /// The kernel that does it for `f32`.
  static var kernel: Kernels.Arithmetic? { get }
  /// Wraps around where the result does not fit.
  static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number
}

extension BinaryArithmetic {
  public static var kernel: Kernels.Arithmetic? { nil }
  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (a, b) = (try inputs[0], try inputs[1])
    guard a.dtype == b.dtype, a.dtype != .bool else {
      throw OperatorError("its inputs are \(a.dtype) and \(b.dtype), not numbers of one type")
    }
    return [ValueType(a.dtype, try Broadcasting.dimensions([a.dimensions, b.dimensions]))]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs throws(OperatorError) in
      guard let a = inputs[0], let b = inputs[1], let out = outputs[0] else { return }
      a.dtype.run(ArithmeticWork<Self>(a: a, b: b, out: out, context: context))
    }
  }
}

/// The loop of an operator of arithmetic.
struct ArithmeticWork<Operation: BinaryArithmetic>: ElementWork {
  let a: TensorView
  let b: TensorView
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    if Number.self == Float.self, let kernel = Operation.kernel {
      return Elementwise.binary(a, b, out, Float.self, Float.self, Float.self, context) {
        $0.combine(kernel)
      }
    }
    // A processor chooses which NaN it gives, and a compiler the order of a sum's terms.
    Elementwise.binary(a, b, out, Number.self, Number.self, Number.self, context) {
      $0.map {
        let result = Operation.apply($0, $1)
        return result == result ? result : .nan
      }
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    Elementwise.binary(a, b, out, Number.self, Number.self, Number.self, context) {
      $0.map {
        Operation.apply($0, $1)
      }
    }
  }
}

/// The sum.
public struct Add: BinaryArithmetic {
  public static let name = "Add"
  public static let kernel: Kernels.Arithmetic? = .add
  public init() {}
  public static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    a + b
  }
  public static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number { a &+ b }
}

/// The difference.
public struct Sub: BinaryArithmetic {
  public static let name = "Sub"
  public static let kernel: Kernels.Arithmetic? = .subtract
  public init() {}
  public static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    a - b
  }
  public static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number { a &- b }
}

/// The product.
public struct Mul: BinaryArithmetic {
  public static let name = "Mul"
  public static let kernel: Kernels.Arithmetic? = .multiply
  public init() {}
  public static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    a * b
  }
  public static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number { a &* b }
}

/// The quotient. Integers divide towards zero; division by zero gives 0.
public struct Div: BinaryArithmetic {
  public static let name = "Div"
  public static let kernel: Kernels.Arithmetic? = .divide
  public init() {}
  public static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    a / b
  }
  public static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number {
    b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
  }
}
