public import TLCCore
public import TLCKernels

/// A function of each row of float32 along an axis, the last one unless `axis` says otherwise.
public protocol RowOperator: Operator {
  /// The axis that rows lie along; below 0 from the end.
  var axis: Int { get }
  /// Sets the rows of `y` to the function of those of `x`, which have `length` elements.
  func apply(_ x: Elements<Float>, to y: Elements<Float>, length: Int, rows: Range<Int>)
}

extension RowOperator {
  public static var inputCounts: ClosedRange<Int> { 1...1 }

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
    context.team.share(rows.count, unit: max(1, Walk.unit / max(1, rows.length))) { part in
      apply(rows.elements, to: results.elements, length: rows.length, rows: part)
    }
    results.write(to: out)
  }
}
