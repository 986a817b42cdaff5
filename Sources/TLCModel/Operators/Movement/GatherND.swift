internal import TLCCore
public import TLCKernels

/// Slices of input 0, at the tuples of indices that lie along the last axis of input 1.
///
/// The first `batch_dims` axes are the same in both, and tuples count within them.
public struct GatherND: Operator {
  public static let name = "GatherND"
  public static let inputCounts = 2...2
  private let batchAxisCount: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    batchAxisCount = try attributes.int("batch_dims", in: 0...Shape.maximumRank, default: 0)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (input, indices) = (try inputs[0], try inputs[1])
    guard indices.dtype == .i64 else {
      throw OperatorError("input 1 is \(indices.dtype), not i64")
    }
    guard let last = indices.dimensions.last, let depth = last.length, depth > 0,
      batchAxisCount < indices.rank, batchAxisCount <= input.rank,
      depth <= input.rank - batchAxisCount
    else {
      throw OperatorError(
        "input 1 is \(indices), whose last axis does not index axes from \(batchAxisCount) on of "
          + "\(input)")
    }
    let batch = input.dimensions[..<batchAxisCount]
    guard batch == indices.dimensions[..<batchAxisCount] else {
      throw OperatorError(
        "inputs 0 and 1 are \(input) and \(indices), not equal in the first \(batchAxisCount) axes")
    }
    let rest = input.dimensions[(batchAxisCount + depth)...]
    return [ValueType(input.dtype, indices.dimensions.dropLast() + rest)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let indices = inputs[1], let out = outputs[0],
      let depth = indices.shape.dimensions.last, out.shape.count > 0
    else { return }
    let lengths = input.shape.dimensions
    let batchCount = lengths[..<batchAxisCount].reduce(1, *)
    let tuples = indices.integers
    let tupleCount = tuples.count / depth
    // A slice is what is left of the input after its tuple's axes.
    let sliceLength = out.shape.count / tupleCount
    var slices: [Int] = []
    slices.reserveCapacity(tupleCount)
    for tuple in 0..<tupleCount {
      var slice = tuple / (tupleCount / batchCount)
      for i in 0..<depth {
        let length = lengths[batchAxisCount + i]
        let index = tuples[tuple * depth + i]
        guard index >= -length, index < length else {
          throw OperatorError("index \(index) is not one of an axis of length \(length)")
        }
        slice = slice * length + (index < 0 ? index + length : index)
      }
      slices.append(slice)
    }
    let byteCount = sliceLength * input.dtype.byteCount
    let (source, target) = (input.bytes, out.bytes)
    for (place, slice) in slices.enumerated() {
      target.copy(byteCount, from: source, at: slice * byteCount, to: place * byteCount)
    }
  }
}
