internal import TLCCore
public import TLCKernels

/// Elements of input 0: where an index along `axis` is replaced by the element of input 1 that
/// stands there.
public struct GatherElements: Operator {
  public static let name = "GatherElements"
  public static let inputCounts = 2...2
  private let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? 0
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (input, indices) = (try inputs[0], try inputs[1])
    try indices.requireIndices(1)
    guard indices.rank == input.rank else {
      throw OperatorError("inputs 0 and 1 are \(input) and \(indices), not of one rank")
    }
    let axis = try Axis.index(axis, rank: input.rank)
    for (place, (own, asked)) in zip(input.dimensions, indices.dimensions).enumerated()
    where place != axis && own != asked {
      guard let own = own.length, let asked = asked.length, asked <= own else {
        throw OperatorError(
          "axis \(place) of input 1 has length \(asked), and of input 0 \(own)")
      }
    }
    return [ValueType(input.dtype, indices.dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let indices = inputs[1], let out = outputs[0] else { return }
    let axis = try Axis.index(axis, rank: input.shape.rank)
    let places = try Axis.places(indices, length: input.shape.dimensions[axis])
    var strides = input.shape.strides
    let own = strides[axis]
    strides[axis] = 0
    let walk = Walk(out.shape.dimensions, sources: [strides])
    let step = walk.steps[0]
    func copy<Word: TensorElement>(_: Word.Type) {
      let (source, target) = (input.words(of: Word.self), out.words(of: Word.self))
      walk.share(context.team) { start, count, first in
        for i in 0..<count {
          target[start + i] = source[first[0] + i * step + places[start + i] * own]
        }
      }
    }
    switch out.dtype.byteCount {
    case 1: copy(UInt8.self)
    case 2: copy(UInt16.self)
    case 4: copy(UInt32.self)
    default: copy(UInt64.self)
    }
  }
}
