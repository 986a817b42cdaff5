internal import TLCCore
public import TLCKernels

/// exp(𝑥 − max) / Σ along an axis, the last one unless `axis` says otherwise.
public struct Softmax: Operator {
  public static let name = "Softmax"
  public static let inputCounts = 1...1
  private let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    _ = try Axis.index(axis, rank: input.rank)
    try input.requireComputedAsFloat()
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    let axis = try Axis.index(axis, rank: input.shape.rank)
    let rows = FloatRows(input, axis: axis, reading: true)
    let results = FloatRows(out, axis: axis, reading: false)
    context.team.share(rows.count) { part in
      Kernels.softmax(rows.elements, to: results.elements, length: rows.length, rows: part)
    }
    results.write(to: out)
  }
}
