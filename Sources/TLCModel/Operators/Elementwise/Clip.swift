internal import TLCCore
public import TLCKernels

/// The elements, held to a least one (input 1) and a greatest one (input 2), where they are given.
public struct Clip: PlainOperator {
  public static let name = "Clip"
  public static let inputCounts = 1...3
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype != .bool else { throw OperatorError("its input is bool, not of numbers") }
    for place in 1..<3 {
      guard let bound = inputs.optional(place)?.type else { continue }
      guard bound.dtype == input.dtype, bound.dimensions.product == 1 else {
        throw OperatorError("input \(place) is \(bound), not one \(input.dtype)")
      }
    }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let input = inputs[0], let out = outputs[0] else { return }
      func bound(_ place: Int) -> TensorView? {
        inputs.indices.contains(place) ? inputs[place] : nil
      }
      input.dtype.run(
        ClipWork(input: input, least: bound(1), most: bound(2), out: out, context: context))
    }
  }
}

/// Below the least one it is that, and then above the greatest one it is that: a NaN stays.
private struct ClipWork: ElementWork {
  let input: TensorView
  let least: TensorView?
  let most: TensorView?
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    let least = least?.elements(of: Number.self)[0] ?? -.infinity
    let most = most?.elements(of: Number.self)[0] ?? .infinity
    Elementwise.unary(input, out, Number.self, Number.self, context) {
      $0.map { x in
        let y = x < least ? least : x
        return y > most ? most : y
      }
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    let least = least?.elements(of: Number.self)[0] ?? .min
    let most = most?.elements(of: Number.self)[0] ?? .max
    Elementwise.unary(input, out, Number.self, Number.self, context) {
      $0.map { x in
        let y = x < least ? least : x
        return y > most ? most : y
      }
    }
  }
}
