internal import TLCCore
public import TLCKernels

/// The lengths of the axes `start..<end`, as `i64`.
public struct ShapeOf: ShapeOperator {
  public static let name = "Shape"
  public static let inputCounts = 1...1
  private let start: Int
  private let end: Int?

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    start = try attributes.int("start") ?? 0
    end = try attributes.int("end")
  }

  private func axes(rank: Int) -> Range<Int> {
    let first = min(max(start < 0 ? start + rank : start, 0), rank)
    let end = end ?? rank
    let last = min(max(end < 0 ? end + rank : end, 0), rank)
    return first..<max(first, last)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    [ValueType(.i64, [Dimension(axes(rank: try inputs[0].rank).count)])]
  }

  func fold(_ inputs: OperatorInputs) -> Tensor? {
    guard let type = inputs.optional(0)?.type else { return nil }
    let lengths = type.dimensions[axes(rank: type.rank)].compactMap { $0.length.map { Int64($0) } }
    guard lengths.count == axes(rank: type.rank).count, let shape = Shape([lengths.count]) else {
      return nil
    }
    return Tensor(lengths, shape: shape)
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0]?.elements(of: Int64.self) else { return }
    for (i, axis) in axes(rank: input.shape.rank).enumerated() {
      out[i] = Int64(input.shape.dimensions[axis])
    }
  }
}
