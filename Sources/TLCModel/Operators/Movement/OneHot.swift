internal import TLCCore
public import TLCKernels

/// For each index of input 0 an axis of the length of input 1, on which input 2's second element
/// stands at the index, and its first one elsewhere.
public struct OneHot: Operator {
  public static let name = "OneHot"
  public static let inputCounts = 3...3
  private let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (indices, depth, values) = (try inputs[0], try inputs[1], try inputs[2])
    guard indices.dtype != .bool, depth.dtype != .bool else {
      throw OperatorError("its inputs are \(indices.dtype) and \(depth.dtype), not of numbers")
    }
    guard depth.dimensions.product == 1, values.dimensions == [2] else {
      throw OperatorError("inputs 1 and 2 are \(depth) and \(values), not one element and [2]")
    }
    guard let constant = inputs.optional(1)?.constant else {
      throw OperatorError("input 1 is not known before the run, and shapes depend on it")
    }
    let length = TensorView(constant).wholeNumbers[0]
    guard length >= 0 else { throw OperatorError("input 1 is \(length), not from 0") }
    var dimensions = indices.dimensions
    dimensions.insert(
      Dimension(length), at: try Axis.index(axis, rank: indices.rank + 1))
    return [ValueType(values.dtype, dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let indices = inputs[0], let values = inputs[2], let out = outputs[0] else { return }
    let axis = try Axis.index(axis, rank: out.shape.rank)
    let (length, inner) = (out.shape.dimensions[axis], out.shape.stride(of: axis))
    let places = indices.wholeNumbers
    func set<Word: TensorElement>(_: Word.Type) {
      let (pair, target) = (values.words(of: Word.self), out.words(of: Word.self))
      target.fill(pair[0])
      for (i, index) in places.enumerated() where index >= -length && index < length {
        let place = index < 0 ? index + length : index
        target[(i / inner * length + place) * inner + i % inner] = pair[1]
      }
    }
    switch out.dtype.byteCount {
    case 1: set(UInt8.self)
    case 2: set(UInt16.self)
    case 4: set(UInt32.self)
    default: set(UInt64.self)
    }
  }
}

extension TensorView {
  /// The elements of any type, cast to integers.
  fileprivate var wholeNumbers: [Int] {
    let converted = TensorView(zeros: .i64, shape)
    convert(to: converted, EvaluationContext())
    return converted.integers
  }
}
