public import TLCCore
public import TLCKernels

/// Slices of input 0 along `axis`, at the indices of input 1, whose axes stand in its place.
public struct Gather: Operator {
  public static let name = "Gather"
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
    let axis = try Axis.index(axis, rank: input.rank)
    let dimensions =
      input.dimensions[..<axis] + indices.dimensions + input.dimensions[(axis + 1)...]
    return [ValueType(input.dtype, Array(dimensions))]
  }

  /// The same operator for a fixed input, of which it then looks up rows; the bits are the same.
  ///
  /// - Returns: `nil` where it is not rows that it takes.
  public func lookingUp(in table: CodeTable, shape: Shape) -> (any Operator)? {
    axis == 0 || axis == -shape.rank ? CodeLookUp(table, shape) : nil
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let indices = inputs[1], let out = outputs[0] else { return }
    let axis = try Axis.index(axis, rank: input.shape.rank)
    let length = input.shape.dimensions[axis]
    let places = try Axis.places(indices, length: length)
    let byteCount = input.shape.stride(of: axis) * input.dtype.byteCount
    guard out.shape.count > 0 else { return }
    let (source, target) = (input.bytes, out.bytes)
    context.team.share(
      target.count / byteCount, unit: max(1, Walk.unit / byteCount)
    ) { slices in
      for slice in slices {
        let (outer, place) = slice.quotientAndRemainder(dividingBy: places.count)
        target.copy(
          byteCount, from: source, at: (outer * length + places[place]) * byteCount,
          to: slice * byteCount)
      }
    }
  }
}
