public import TLCKernels

/// The same elements with another shape: input 1, in which 0 keeps a length and −1 takes the rest.
public struct Reshape: Operator {
  public static let name = "Reshape"
  public static let inputCounts = 2...2
  /// Whether 0 means a length of 0.
  private let allowsZero: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    allowsZero = try attributes.flag("allowzero", default: false)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard let lengths = try inputs.integers(1) else { throw OperatorError("input 1 is missing") }
    var dimensions: [Dimension] = []
    var unknown: Int?
    for (axis, length) in lengths.enumerated() {
      switch length {
      case 0 where !allowsZero:
        guard axis < input.rank else {
          throw OperatorError("axis \(axis) keeps the length of one that \(input) does not have")
        }
        dimensions.append(input.dimensions[axis])
      case -1:
        guard unknown == nil else { throw OperatorError("two lengths are −1") }
        unknown = axis
        dimensions.append(1)
      case 0...: dimensions.append(Dimension(length))
      default: throw OperatorError("a length is \(length), not from −1")
      }
    }
    let (count, rest) = (input.dimensions.product, dimensions.product)
    if let unknown {
      // A whole that has no elements says nothing of its parts but that the rest may be 0.
      let quotient = count == 0 && rest == 0 ? Dimension(0) : count.divided(by: rest)
      guard let quotient else {
        throw OperatorError("\(input) has no whole number of \(rest) elements")
      }
      dimensions[unknown] = quotient
    } else if count != rest {
      throw OperatorError("\(input) has \(count) elements, and the shape asks for \(rest)")
    }
    return [ValueType(input.dtype, dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let source = inputs[0]?.bytes, let out = outputs[0]?.bytes else { return }
    out.copy(out.count, from: source, at: 0, to: 0)
  }
}

extension [Dimension] {
  /// The number of elements; saturates far beyond what a tensor can have.
  var product: Dimension {
    reduce(Dimension(1)) { $0.times($1) ?? Dimension(factor: 1 << 53 - 1, names: []) }
  }
}
