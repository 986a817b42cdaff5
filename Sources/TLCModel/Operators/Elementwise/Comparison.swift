internal import TLCCore
public import TLCKernels

/// A relation between two tensors of one type, element by element, with broadcasting.
public protocol Comparison: PlainOperator {
  /// Whether it holds; a NaN is neither less, equal nor greater.
  static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool
  /// Whether truth values can be compared too.
  static var takesBool: Bool { get }
}

extension Comparison {
  public static var inputCounts: ClosedRange<Int> { 2...2 }
  public static var takesBool: Bool { false }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (a, b) = (try inputs[0], try inputs[1])
    guard a.dtype == b.dtype, a.dtype != .bool || Self.takesBool else {
      throw OperatorError("its inputs are \(a.dtype) and \(b.dtype), not numbers of one type")
    }
    return [ValueType(.bool, try Broadcasting.dimensions([a.dimensions, b.dimensions]))]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let a = inputs[0]?.widened, let b = inputs[1]?.widened, let out = outputs[0] else {
      return
    }
    a.dtype.run(ComparisonWork<Self>(a: a, b: b, out: out, context: context))
  }
}

private struct ComparisonWork<Relation: Comparison>: ElementWork {
  let a: TensorView
  let b: TensorView
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    Elementwise.binary(a, b, out, Number.self, Number.self, UInt8.self, context) {
      $0.map {
        Relation.holds($0, $1) ? 1 : 0
      }
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    Elementwise.binary(a, b, out, Number.self, Number.self, UInt8.self, context) {
      $0.map {
        Relation.holds($0, $1) ? 1 : 0
      }
    }
  }
}

/// Whether elements are equal.
public struct Equal: Comparison {
  public static let name = "Equal"
  public static let takesBool = true
  public init() {}
  public static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a == b }
}

/// Whether elements are less than others.
public struct Less: Comparison {
  public static let name = "Less"
  public init() {}
  public static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a < b }
}

/// Whether elements are not greater than others, and no NaN.
public struct LessOrEqual: Comparison {
  public static let name = "LessOrEqual"
  public init() {}
  public static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a <= b }
}

/// Whether elements are greater than others.
public struct Greater: Comparison {
  public static let name = "Greater"
  public init() {}
  public static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a > b }
}

/// Whether elements are not less than others, and no NaN.
public struct GreaterOrEqual: Comparison {
  public static let name = "GreaterOrEqual"
  public init() {}
  public static func holds<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a >= b }
}
