internal import TLCCore
public import TLCKernels

/// Normalizes over the axes from `axis` on: `formats/graph.md` §Numbers.
public struct LayerNormalization: Operator {
  public static let name = "LayerNormalization"
  public static let inputCounts = 2...3
  public static let outputCounts = 1...3
  private let normalized: NormalizedRows

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    normalized = try NormalizedRows(&attributes)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    try normalized.check(inputs)
    let input = try inputs[0]
    let axis = try normalized.firstAxis(rank: input.rank)
    let mean = ValueType(
      .f32, input.dimensions[..<axis] + input.dimensions[axis...].map { _ in 1 })
    return [input, mean, mean]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let factors = inputs[1], let out = outputs[0] else { return }
    let axis = try normalized.firstAxis(rank: input.shape.rank)
    let row = Array(input.shape.dimensions[axis...])
    let length = row.reduce(1, *)
    // Of no rows, one may still be longer than memory.
    guard length > 0, input.shape.count > 0,
      let flat = Shape([input.shape.count / length, length]), let rowShape = Shape(row)
    else { return }
    let rows = FloatRows(input.reshaped(flat), axis: 1, reading: true)
    let results = FloatRows(out.reshaped(flat), axis: 1, reading: false)
    let scale = factors.floats(broadcastTo: rowShape)
    let bias = (inputs.count > 2 ? inputs[2] : nil).map { $0.floats(broadcastTo: rowShape) }
    let means = (outputs.count > 1 ? outputs[1] : nil)?.elements(of: Float.self)
    let inverses = (outputs.count > 2 ? outputs[2] : nil)?.elements(of: Float.self)
    context.team.share(rows.count) { part in
      Kernels.layerNormalization(
        rows.elements, scale: scale, bias: bias, epsilon: normalized.epsilon, to: results.elements,
        means: means, inverses: inverses, length: length, rows: part)
    }
    results.write(to: out.reshaped(flat))
  }
}
