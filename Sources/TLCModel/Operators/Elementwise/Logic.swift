internal import TLCCore
public import TLCKernels

/// A function of two truth values, element by element, with broadcasting.
public protocol Connective: PlainOperator {
  /// Of bytes that are 0 or 1.
  static func apply(_ a: UInt8, _ b: UInt8) -> UInt8
}

extension Connective {
  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (a, b) = (try inputs[0], try inputs[1])
    guard a.dtype == .bool, b.dtype == .bool else {
      throw OperatorError("its inputs are \(a.dtype) and \(b.dtype), not bool")
    }
    return [ValueType(.bool, try Broadcasting.dimensions([a.dimensions, b.dimensions]))]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let a = inputs[0], let b = inputs[1], let out = outputs[0] else { return }
    Elementwise.binary(a, b, out, UInt8.self, UInt8.self, UInt8.self, context) {
      $0.map {
        Self.apply($0, $1)
      }
    }
  }
}

/// Whether both are true.
public struct And: Connective {
  public static let name = "And"
  public init() {}
  public static func apply(_ a: UInt8, _ b: UInt8) -> UInt8 { a & b }
}

/// Whether one is true, or both are.
public struct Or: Connective {
  public static let name = "Or"
  public init() {}
  public static func apply(_ a: UInt8, _ b: UInt8) -> UInt8 { a | b }
}

/// Whether one alone is true.
public struct Xor: Connective {
  public static let name = "Xor"
  public init() {}
  public static func apply(_ a: UInt8, _ b: UInt8) -> UInt8 { a ^ b }
}

/// Whether it is false.
public struct Not: PlainOperator {
  public static let name = "Not"
  public static let inputCounts = 1...1
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype == .bool else {
      throw OperatorError("its input is \(input.dtype), not bool")
    }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    Elementwise.unary(input, out, UInt8.self, UInt8.self, context) { $0.map { $0 ^ 1 } }
  }
}
