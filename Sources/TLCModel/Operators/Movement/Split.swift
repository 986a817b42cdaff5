internal import TLCCore
public import TLCKernels

/// Parts along `axis`: of the lengths of input 1, or `num_outputs` of equal length, the last one
/// shorter where they do not fit.
public struct Split: Operator {
  public static let name = "Split"
  public static let inputCounts = 1...2
  public static let outputCounts = 1...65_536
  private let axis: Int
  private let partCount: Int?

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? 0
    partCount = try attributes.int("num_outputs")
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    let axis = try Axis.index(axis, rank: input.rank)
    let whole = input.dimensions[axis]
    let parts: [Dimension]
    if let lengths = try inputs.integers(1) {
      guard partCount == nil else {
        throw OperatorError("it has both input 1 and attribute \"num_outputs\"")
      }
      guard lengths.count == outputCount, lengths.allSatisfy({ $0 >= 0 && $0 < 1 << 53 }),
        Dimension(lengths.reduce(0, &+)) == whole
      else {
        throw OperatorError(
          "input 1 is \(lengths), not \(outputCount) lengths that make up \(whole)")
      }
      parts = lengths.map { Dimension($0) }
    } else {
      guard partCount == nil || partCount == outputCount else {
        throw OperatorError(
          "attribute \"num_outputs\" is \(partCount ?? 0), and it has \(outputCount) outputs")
      }
      if let length = whole.length {
        let part = (length + outputCount - 1) / outputCount
        parts = (0..<outputCount).map { Dimension(max(0, min(part, length - $0 * part))) }
      } else if let part = whole.divided(by: Dimension(outputCount)) {
        parts = Array(repeating: part, count: outputCount)
      } else {
        parts = (0..<outputCount).map { Dimension(named: inputs.freshName($0, axis)) }
      }
    }
    return parts.map { part in
      var type = input
      type.dimensions[axis] = part
      return type
    }
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0] else { return }
    let axis = try Axis.index(axis, rank: input.shape.rank)
    let strides = input.shape.strides
    // Outputs that are left out have lengths all the same.
    let length = input.shape.dimensions[axis]
    let given = inputs.count > 1 ? inputs[1]?.integers : nil
    let part = (length + outputs.count - 1) / outputs.count
    var start = 0
    for (place, output) in outputs.enumerated() {
      if let output {
        Movement.gather(
          input, start: start * strides[axis], strides: strides, into: output, context)
      }
      start = min(length, start + (given?[place] ?? part))
    }
  }
}
