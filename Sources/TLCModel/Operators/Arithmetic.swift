public import TLCCore
public import TLCKernels

/// An operator on two tensors of one type, element by element, with broadcasting.
public protocol BinaryArithmetic: Operator {
  init()
  static func apply<Number: FloatingTensorElement & BinaryFloatingPoint>(
    _ a: Number, _ b: Number
  ) -> Number
  /// Wraps around where the result does not fit.
  static func apply<Number: TensorElement & FixedWidthInteger>(_ a: Number, _ b: Number) -> Number
}

extension BinaryArithmetic {
  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public init(_ attributes: inout Attributes) throws(OperatorError) { self.init() }

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
    guard let a = inputs[0], let b = inputs[1], let out = outputs[0] else { return }
    func floating<Number: FloatingTensorElement & BinaryFloatingPoint>(_: Number.Type) {
      Elementwise.binary(a, b, out, Number.self, Number.self) { Self.apply($0, $1) }
    }
    func integer<Number: TensorElement & FixedWidthInteger>(_: Number.Type) {
      Elementwise.binary(a, b, out, Number.self, Number.self) { Self.apply($0, $1) }
    }
    switch a.dtype {
    case .f32: floating(Float.self)
    case .f64: floating(Double.self)
    case .f16: floating(Float16.self)
    case .bf16:
      Elementwise.binary(a, b, out, BFloat16.self, BFloat16.self) {
        BFloat16(Self.apply($0.float, $1.float))
      }
    case .u8, .bool: integer(UInt8.self)
    case .i8: integer(Int8.self)
    case .u16: integer(UInt16.self)
    case .i16: integer(Int16.self)
    case .u32: integer(UInt32.self)
    case .i32: integer(Int32.self)
    case .u64: integer(UInt64.self)
    case .i64: integer(Int64.self)
    }
  }
}

public struct Add: BinaryArithmetic {
  public static let name = "Add"
  public init() {}
  public static func apply<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Number {
    a + b
  }
  public static func apply<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a &+ b }
}

public struct Sub: BinaryArithmetic {
  public static let name = "Sub"
  public init() {}
  public static func apply<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Number {
    a - b
  }
  public static func apply<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a &- b }
}

public struct Mul: BinaryArithmetic {
  public static let name = "Mul"
  public init() {}
  public static func apply<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Number {
    a * b
  }
  public static func apply<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number { a &* b }
}

/// Integers divide towards zero; division by zero gives 0.
public struct Div: BinaryArithmetic {
  public static let name = "Div"
  public init() {}
  public static func apply<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Number {
    a / b
  }
  public static func apply<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number {
    b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
  }
}
