internal import TLCCore
public import TLCKernels

/// The greatest or least elements along `axis`, as many as input 1 says, in order, and their
/// indices; of equal ones the first. A NaN comes after all others.
public struct TopK: Operator {
  public static let name = "TopK"
  public static let inputCounts = 2...2
  public static let outputCounts = 1...2
  private let axis: Int
  private let isLargest: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
    isLargest = try attributes.flag("largest", default: true)
    // They are in order whether or not they need be.
    _ = try attributes.flag("sorted", default: true)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    var type = try inputs[0]
    guard type.dtype != .bool else { throw OperatorError("input 0 is bool, not of numbers") }
    let axis = try Axis.index(axis, rank: type.rank)
    guard let given = try inputs.integers(1), given.count == 1, given[0] >= 0 else {
      throw OperatorError("input 1 is not one number from 0")
    }
    if let length = type.dimensions[axis].length, given[0] > length {
      throw OperatorError("axis \(axis) has \(length) elements, and \(given[0]) are asked for")
    }
    type.dimensions[axis] = Dimension(given[0])
    return [type, ValueType(.i64, type.dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let count = inputs[1]?.integers.first else { return }
    let axis = try Axis.index(axis, rank: input.shape.rank)
    guard count > 0, input.shape.count > 0 else { return }
    let wide = input.widened
    wide.dtype.run(
      OrderWork(
        input: input, wide: wide, axis: axis, count: count, isLargest: isLargest,
        values: outputs[0],
        indices: (outputs.count > 1 ? outputs[1] : nil)?.elements(of: Int64.self)))
  }
}

/// Puts the elements of each line in order.
private struct OrderWork: ElementWork {
  let input: TensorView
  /// The input in a type that can be compared.
  let wide: TensorView
  let axis: Int
  let count: Int
  let isLargest: Bool
  let values: TensorView?
  let indices: Elements<Int64>?

  func floating<Number: FloatingNumber>(_: Number.Type) {
    sort(wide.elements(of: Number.self)) { $0.isNaN }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    sort(wide.elements(of: Number.self)) { _ in false }
  }

  private func sort<Number: TensorElement & Comparable>(
    _ elements: Elements<Number>, isNaN: (Number) -> Bool
  ) {
    let (length, step) = (input.shape.dimensions[axis], input.shape.stride(of: axis))
    let size = input.dtype.byteCount
    for chain in 0..<elements.count / length {
      let (outer, inner) = chain.quotientAndRemainder(dividingBy: step)
      let start = outer * length * step + inner
      let line = (0..<length).map { elements[start + $0 * step] }
      let order = line.indices.sorted { a, b in
        let (x, y) = (line[a], line[b])
        if isNaN(x) || isNaN(y) { return isNaN(x) == isNaN(y) ? a < b : isNaN(y) }
        return x == y ? a < b : isLargest ? x > y : x < y
      }
      for (rank, index) in order.prefix(count).enumerated() {
        let place = (outer * count + rank) * step + inner
        values?.bytes.copy(
          size, from: input.bytes, at: (start + index * step) * size, to: place * size)
        indices?[place] = Int64(index)
      }
    }
  }
}
