internal import TLCCore
public import TLCKernels

/// A function of one number that is computed as float32, and where there is need as float64, element
/// by element: `formats/numbers.md`.
public protocol FloatFunction: Operator {
  /// The definition.
  func apply(_ x: Float) -> Float
  /// The kernel that has the same bits, where there is one.
  var kernel: Kernels.Function? { get }
  /// The definition for `f64`, where that is taken.
  var wide: (@Sendable (Double) -> Double)? { get }
}

extension FloatFunction {
  public static var inputCounts: ClosedRange<Int> { 1...1 }
  public var kernel: Kernels.Function? { nil }
  public var wide: (@Sendable (Double) -> Double)? { nil }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    if input.dtype != .f64 || wide == nil { try input.requireComputedAsFloat() }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let input = inputs[0], let out = outputs[0] else { return }
      if let wide, input.dtype == .f64 {
        Elementwise.unary(input, out, Double.self, Double.self, context) { $0.map(wide) }
        return
      }
      guard let kernel else {
        Elementwise.unary(input, out, Float.self, Float.self, context) { $0.map { apply($0) } }
        return
      }
      let (x, y) = (input.elements(of: Float.self), out.elements(of: Float.self))
      context.team.share(x.count, unit: Walk.unit) { Kernels.apply(kernel, x, to: y, in: $0) }
    }
  }
}
