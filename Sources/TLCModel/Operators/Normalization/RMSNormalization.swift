internal import TLCCore
public import TLCKernels

/// Divides by the root of the mean square over the axes from `axis` on: `formats/graph.md` §Numbers.
public struct RMSNormalization: Operator {
  public static let name = "RMSNormalization"
  public static let inputCounts = 2...2
  private let normalized: NormalizedRows

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    normalized = try NormalizedRows(&attributes)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    try normalized.check(inputs)
    return [try inputs[0]]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    let axis = try normalized.firstAxis(rank: inputs[0]?.shape.rank ?? 0)
    let epsilon = normalized.epsilon
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let input = inputs[0], let factors = inputs[1], let out = outputs[0],
        let row = Shape(Array(input.shape.dimensions[axis...])), input.shape.count > 0
      else { return }
      let (x, y) = (input.elements(of: Float.self), out.elements(of: Float.self))
      let scale = factors.floats(broadcastTo: row)
      let length = row.count
      context.team.share(x.count / length, unit: max(1, Walk.unit / length)) { rows in
        for start in rows.lazy.map({ $0 * length }) {
          let squares = Lines.sum(length, x, from: start) { $0 * $0 }
          let inverse = 1 / (squares / Float(length) + epsilon).squareRoot()
          Lines.map(
            length, x, from: start, step: 1, scale, from: 0, step: 1, into: y, at: start
          ) { FloatFunctions.canonical($0 * inverse * $1) }
        }
      }
    }
  }
}
