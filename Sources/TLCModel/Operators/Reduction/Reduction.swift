internal import TLCCore
public import TLCKernels

/// An operator that takes the elements along axes together: those of input 1, or all.
public protocol Reduction: Operator {
  /// - Parameter axes: what the node says.
  init(_ axes: ReductionAxes)
  /// What the node says.
  var axes: ReductionAxes { get }
  /// The types that it takes.
  static var domainOfTypes: ReductionTypes { get }
  /// What becomes of the elements that are taken together.
  static func reduce<Number: FloatingNumber>(_ row: Row<Number>) -> Number
  /// What becomes of integers, which wrap around; never called where ``domainOfTypes`` lacks them.
  static func reduce<Number: IntegerNumber>(_ row: Row<Number>) -> Number
}

/// What a reduction takes.
public enum ReductionTypes: Sendable {
  /// Floating-point numbers alone.
  case floats
  /// Integers too.
  case numbers
  /// Truth values too.
  case numbersAndBool
}

/// What nodes say of the axes of a reduction.
public struct ReductionAxes: Sendable {
  /// Whether the axes stay, with length 1.
  let areKept: Bool
  /// Whether no axes are meant where none are given, and not all.
  let mayBeNone: Bool

  init(_ attributes: inout Attributes) throws(OperatorError) {
    areKept = try attributes.flag("keepdims", default: true)
    mayBeNone = try attributes.flag("noop_with_empty_axes", default: false)
  }

  func indices(_ given: [Int]?, rank: Int) throws(OperatorError) -> [Int] {
    guard let given, !given.isEmpty else { return mayBeNone ? [] : Array(0..<rank) }
    return try Axis.indices(given, rank: rank).sorted()
  }
}

extension Reduction {
  public static var inputCounts: ClosedRange<Int> { 1...2 }

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    self.init(try ReductionAxes(&attributes))
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    switch Self.domainOfTypes {
    case .floats where !input.dtype.isFloatingPoint:
      throw OperatorError("input 0 is \(input.dtype), not of a floating-point type")
    case .numbers where input.dtype == .bool:
      throw OperatorError("input 0 is bool, not of numbers")
    default: break
    }
    let reduced = try axes.indices(try inputs.integers(1), rank: input.rank)
    var dimensions: [Dimension] = []
    for (axis, dimension) in input.dimensions.enumerated() {
      if !reduced.contains(axis) {
        dimensions.append(dimension)
      } else if axes.areKept {
        dimensions.append(1)
      }
    }
    return [ValueType(input.dtype, dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    let given = inputs.count > 1 ? inputs[1]?.integers : nil
    try Widening.run(inputs, into: outputs) { inputs, outputs throws(OperatorError) in
      guard let input = inputs[0], let out = outputs[0] else { return }
      let reduced = try axes.indices(given, rank: input.shape.rank)
      let length = reduced.reduce(1) { $0 * input.shape.dimensions[$1] }
      input.dtype.run(
        ReductionWork<Self>(
          rows: input.withLast(reduced, context), length: length, out: out, context: context))
      if out.dtype == .bool {
        // Of no elements the least is all bits.
        Elementwise.unary(out, out, UInt8.self, UInt8.self, context) { $0.map { $0 & 1 } }
      }
    }
  }
}

extension TensorView {
  /// The tensor with these axes behind the others, in order.
  func withLast(_ axes: [Int], _ context: EvaluationContext) -> TensorView {
    let order = (0..<shape.rank).filter { !axes.contains($0) } + axes
    let moved = order.filter { shape.dimensions[$0] != 1 }
    return moved == moved.sorted() ? self : Movement.transposed(self, order, context)
  }
}

private struct ReductionWork<Kind: Reduction>: ElementWork {
  /// Rows of `length` elements, one for each element of `out`.
  let rows: TensorView
  let length: Int
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    let (elements, results) = (rows.elements(of: Number.self), out.elements(of: Number.self))
    context.team.share(results.count, unit: max(1, Walk.unit / max(1, length))) { part in
      for row in part {
        results[row] = Kind.reduce(Row(elements: elements, start: row * length, count: length))
      }
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    let (elements, results) = (rows.elements(of: Number.self), out.elements(of: Number.self))
    context.team.share(results.count, unit: max(1, Walk.unit / max(1, length))) { part in
      for row in part {
        results[row] = Kind.reduce(Row(elements: elements, start: row * length, count: length))
      }
    }
  }
}
