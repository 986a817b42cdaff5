internal import TLCKernels

/// What normalizations of rows share: the axes from `axis` on are a row, which factors broadcast to.
struct NormalizedRows {
  private let axis: Int
  let epsilon: Float

  init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
    epsilon = try attributes.float("epsilon") ?? 1e-5
    guard try attributes.int("stash_type") ?? 1 == 1 else {
      throw OperatorError("attribute \"stash_type\" is not 1: means are float32")
    }
  }

  /// The first axis of a row, in a tensor of `rank` axes.
  func firstAxis(rank: Int) throws(OperatorError) -> Int { try Axis.index(axis, rank: rank) }

  /// Checks the input and the factors that there are.
  func check(_ inputs: OperatorInputs) throws(OperatorError) {
    let input = try inputs[0]
    try input.requireComputedAsFloat()
    let row = Array(input.dimensions[try firstAxis(rank: input.rank)...])
    for place in 1..<max(2, inputs.count) {
      guard place == 1 || inputs.optional(place) != nil else { continue }
      let factor = try inputs[place]
      guard factor.dtype == input.dtype else {
        throw OperatorError("input \(place) is \(factor.dtype), and input 0 \(input.dtype)")
      }
      guard try Broadcasting.dimensions([row, factor.dimensions]) == row else {
        throw OperatorError("input \(place) is \(factor), which does not broadcast to \(row)")
      }
    }
  }
}
