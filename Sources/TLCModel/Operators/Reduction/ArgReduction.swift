internal import TLCCore
public import TLCKernels

/// The index along `axis` of an element that no other comes before.
public protocol ArgReduction: Operator {
  /// - Parameter choice: what the node says.
  init(_ choice: ArgChoice)
  /// What the node says.
  var choice: ArgChoice { get }
  /// Whether an element comes before another; of NaNs none does, and they before none.
  static func precedes<Number: Comparable>(_ a: Number, _ b: Number) -> Bool
}

/// What nodes say of an ``ArgReduction``.
public struct ArgChoice: Sendable {
  let axis: Int
  /// Whether the axis stays, with length 1.
  let isKept: Bool
  /// Whether the last one of equal elements is taken, not the first.
  let takesLast: Bool
}

extension ArgReduction {
  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    self.init(
      ArgChoice(
        axis: try attributes.int("axis") ?? 0,
        isKept: try attributes.flag("keepdims", default: true),
        takesLast: try attributes.flag("select_last_index", default: false)))
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype != .bool else { throw OperatorError("its input is bool, not of numbers") }
    let axis = try Axis.index(choice.axis, rank: input.rank)
    guard input.dimensions[axis] != 0 else {
      throw OperatorError("axis \(axis) of \(input) has no elements")
    }
    var dimensions = input.dimensions
    if choice.isKept { dimensions[axis] = 1 } else { dimensions.remove(at: axis) }
    return [ValueType(.i64, dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0]?.widened, let out = outputs[0] else { return }
    let axis = try Axis.index(choice.axis, rank: input.shape.rank)
    input.dtype.run(
      ArgWork<Self>(
        rows: input.withLast([axis], context), length: input.shape.dimensions[axis],
        takesLast: choice.takesLast, out: out.elements(of: Int64.self), context: context))
  }
}

private struct ArgWork<Kind: ArgReduction>: ElementWork {
  let rows: TensorView
  let length: Int
  let takesLast: Bool
  let out: Elements<Int64>
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    find(rows.elements(of: Number.self)) { $0.isNaN }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    find(rows.elements(of: Number.self)) { _ in false }
  }

  private func find<Number: TensorElement & Comparable>(
    _ elements: Elements<Number>, isNaN: @Sendable (Number) -> Bool
  ) {
    context.team.share(out.count, unit: max(1, Walk.unit / length)) { part in
      for row in part {
        let start = row * length
        var best = 0
        for i in 1..<max(1, length) {
          let (x, y) = (elements[start + i], elements[start + best])
          if Kind.precedes(x, y) || takesLast && x == y || isNaN(y) && !isNaN(x) { best = i }
        }
        out[row] = Int64(best)
      }
    }
  }
}

/// The index of the greatest element.
public struct ArgMax: ArgReduction {
  public static let name = "ArgMax"
  public let choice: ArgChoice
  public init(_ choice: ArgChoice) { self.choice = choice }
  public static func precedes<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a > b }
}

/// The index of the least element.
public struct ArgMin: ArgReduction {
  public static let name = "ArgMin"
  public let choice: ArgChoice
  public init(_ choice: ArgChoice) { self.choice = choice }
  public static func precedes<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a < b }
}
