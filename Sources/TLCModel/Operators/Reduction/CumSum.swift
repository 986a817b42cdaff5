internal import TLCCore
public import TLCKernels

/// The sums of the elements up to each one along the axis of input 1.
public struct CumSum: Operator {
  public static let name = "CumSum"
  public static let inputCounts = 2...2
  /// Whether an element itself is not in its sum.
  private let isExclusive: Bool
  /// Whether sums go from the end.
  private let isReversed: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    isExclusive = try attributes.flag("exclusive", default: false)
    isReversed = try attributes.flag("reverse", default: false)
  }

  private static func axis(_ given: [Int]?, rank: Int) throws(OperatorError) -> Int {
    guard let given, given.count == 1 else { throw OperatorError("input 1 is not one axis") }
    return try Axis.index(given[0], rank: rank)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype != .bool else { throw OperatorError("input 0 is bool, not of numbers") }
    try inputs[1].requireIndices(1)
    if inputs.optional(1)?.constant != nil {
      _ = try Self.axis(try inputs.integers(1), rank: input.rank)
    }
    return [input]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    let given = inputs[1]?.integers
    try Widening.run(inputs, into: outputs) { inputs, outputs throws(OperatorError) in
      guard let input = inputs[0], let out = outputs[0] else { return }
      input.dtype.run(
        CumulationWork(
          input: input, out: out, axis: try Self.axis(given, rank: input.shape.rank),
          isExclusive: isExclusive, isReversed: isReversed, context: context))
    }
  }
}

private struct CumulationWork: ElementWork {
  let input: TensorView
  let out: TensorView
  let axis: Int
  let isExclusive: Bool
  let isReversed: Bool
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    cumulate(Number.self, from: 0) { $0 + $1 }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    cumulate(Number.self, from: 0) { $0 &+ $1 }
  }

  /// A chain of sums from +0.
  private func cumulate<Number: TensorElement>(
    _: Number.Type, from zero: Number, _ add: @Sendable (Number, Number) -> Number
  ) {
    let (x, y) = (input.elements(of: Number.self), out.elements(of: Number.self))
    let (length, step) = (input.shape.dimensions[axis], input.shape.stride(of: axis))
    guard x.count > 0 else { return }
    context.team.share(x.count / length, unit: max(1, Walk.unit / length)) { chains in
      for chain in chains {
        let first = chain / step * step * length + chain % step
        var sum = zero
        for i in 0..<length {
          let place = first + (isReversed ? length - 1 - i : i) * step
          let next = add(sum, x[place])
          y[place] = isExclusive ? sum : next
          sum = next
        }
      }
    }
  }
}
