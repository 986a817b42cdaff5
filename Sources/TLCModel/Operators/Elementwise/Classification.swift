internal import TLCCore
public import TLCKernels

/// Whether elements are NaN.
public struct IsNaN: PlainOperator {
  public static let name = "IsNaN"
  public static let inputCounts = 1...1
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] { [try inputs[0].truthValues()] }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    inputs[0]?.classify(into: outputs[0], context) { $0.isNaN }
  }
}

/// Whether elements are infinite, of the signs that are asked for.
public struct IsInf: Operator {
  public static let name = "IsInf"
  public static let inputCounts = 1...1
  private let takesNegative: Bool
  private let takesPositive: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    takesNegative = try attributes.flag("detect_negative", default: true)
    takesPositive = try attributes.flag("detect_positive", default: true)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] { [try inputs[0].truthValues()] }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    inputs[0]?.classify(into: outputs[0], context) {
      $0 == .infinity && takesPositive || $0 == -.infinity && takesNegative
    }
  }
}

extension ValueType {
  /// Truth values of a tensor of floats.
  fileprivate func truthValues() throws(OperatorError) -> ValueType {
    guard dtype.isFloatingPoint else {
      throw OperatorError("its input is \(dtype), not of a floating-point type")
    }
    return ValueType(.bool, dimensions)
  }
}

extension TensorView {
  fileprivate func classify(
    into out: TensorView?, _ context: EvaluationContext, _ body: @Sendable (Double) -> Bool
  ) {
    guard let out else { return }
    func classify<Number: FloatingTensorElement>(_: Number.Type) {
      Elementwise.unary(self, out, Number.self, UInt8.self, context) {
        $0.map { body($0.double) ? 1 : 0 }
      }
    }
    guard let type = dtype.floatingElementType else { return }
    classify(type)
  }
}
