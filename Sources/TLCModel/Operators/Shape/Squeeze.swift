internal import TLCCore
public import TLCKernels

/// Without the axes of input 1, which have length 1; without all such axes where it is left out.
public struct Squeeze: PlainOperator {
  public static let name = "Squeeze"
  public static let inputCounts = 1...2
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard let axes = try inputs.integers(1) else {
      if let unknown = input.dimensions.first(where: { $0.length == nil }) {
        throw OperatorError("its axes are left out, and \(unknown) may be 1")
      }
      return [ValueType(input.dtype, input.dimensions.filter { $0 != 1 })]
    }
    let removed = try Axis.indices(axes, rank: input.rank)
    for axis in removed where input.dimensions[axis] != 1 {
      throw OperatorError("axis \(axis) has length \(input.dimensions[axis]), not 1")
    }
    let kept = input.dimensions.indices.filter { !removed.contains($0) }
    return [ValueType(input.dtype, kept.map { input.dimensions[$0] })]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) { Movement.copyAll(inputs, outputs) }
}

/// With axes of length 1 more, which are those of input 1 in the output.
public struct Unsqueeze: PlainOperator {
  public static let name = "Unsqueeze"
  public static let inputCounts = 2...2
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard let axes = try inputs.integers(1) else { throw OperatorError("input 1 is missing") }
    let rank = input.rank + axes.count
    guard rank <= Shape.maximumRank else {
      throw OperatorError("the output would have rank \(rank), above \(Shape.maximumRank)")
    }
    let added = try Axis.indices(axes, rank: rank)
    var rest = input.dimensions[...]
    return [
      ValueType(
        input.dtype, (0..<rank).map { added.contains($0) ? 1 : rest.removeFirst() })
    ]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) { Movement.copyAll(inputs, outputs) }
}
