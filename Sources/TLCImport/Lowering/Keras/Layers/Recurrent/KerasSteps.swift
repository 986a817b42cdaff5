internal import TLCCore
internal import TLCModel

/// The steps of sequences that a mask keeps, moved to the front, and back.
///
/// ONNX's recurrent operators know lengths, not masks. A masked step leaves states as they are, so
/// that a run over the kept steps alone gives the same states; what a masked step gives is found by
/// the number of kept steps before it.
struct KerasSteps {
  private let mask: GraphBuilder.Value
  /// The number of kept steps up to each step, with it; `i32` `[batch, steps]`.
  private let counts: GraphBuilder.Value
  /// The number of kept steps; `i32` `[batch]`.
  let lengths: GraphBuilder.Value

  init(mask: GraphBuilder.Value, _ builder: inout KerasBuilder) throws(LoweringError) {
    guard builder.rank(mask) == 2 else {
      throw builder.malformed("its mask is \(builder.type(mask)), not of rank 2")
    }
    self.mask = try builder.cast(mask, to: .bool)
    let ones = try builder.cast(self.mask, to: .i32)
    counts = try builder.add("CumSum", [ones, try builder.axisNumber(1)])
    lengths = try builder.reduce("ReduceSum", ones, [1], keepsAxes: false)
  }

  /// The input `[batch, steps, features]` with kept steps at the front, and anything behind them.
  func packed(
    _ input: GraphBuilder.Value, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    try take(input, try places(&builder), &builder)
  }

  /// Which step is the first that is kept, the second, and so on: `i64` `[batch, steps]`.
  private func places(_ builder: inout KerasBuilder) throws(LoweringError) -> GraphBuilder.Value {
    if let length = builder.type(mask).dimensions[1].length {
      // Of equal numbers the first comes first.
      let flags = try builder.cast(mask, to: .i32)
      return try builder.nodes(
        "TopK", [flags, try builder.constant([length])], ["axis": .int(1)], outputCount: 2)[1]
    }
    // The kept step of number n is the first at which n steps have been kept.
    let numbers = try builder.stepNumbers(flags: mask)
    let isAt = try builder.add(
      "Equal", [try builder.unsqueeze(numbers, [2]), try builder.unsqueeze(counts, [1])])
    return try builder.add(
      "ArgMax", [try builder.cast(isAt, to: .f32)], ["axis": .int(2), "keepdims": .int(0)])
  }

  /// What each step gives, of what the kept steps at the front give.
  func unpacked(
    _ values: GraphBuilder.Value, isReverse: Bool, zeroesMasked: Bool,
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let zero = try builder.constant(0, like: counts)
    let one = try builder.constant(1, like: counts)
    // Of the last kept step so far, or in the other direction of the next.
    var place: GraphBuilder.Value
    var isThere: GraphBuilder.Value
    if isReverse {
      place = try builder.add("Sub", [counts, try builder.cast(mask, to: .i32)])
      let last = try builder.unsqueeze(lengths, [1])
      isThere = try builder.add("Less", [place, last])
      place = try builder.add("Min", [place, try builder.add("Sub", [last, one])])
    } else {
      place = try builder.add("Sub", [counts, one])
      isThere = try builder.add("Greater", [counts, zero])
    }
    place = try builder.add("Max", [place, zero])
    if zeroesMasked { isThere = mask }
    let taken = try take(values, try builder.cast(place, to: .i64), &builder)
    return try builder.add(
      "Where",
      [try builder.unsqueeze(isThere, [2]), taken, try builder.constant(0, like: taken)])
  }

  /// The steps at places `i64` `[batch, steps]`.
  private func take(
    _ values: GraphBuilder.Value, _ places: GraphBuilder.Value, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    try builder.add(
      "GatherND", [values, try builder.unsqueeze(places, [2])], ["batch_dims": .int(1)])
  }
}

extension KerasBuilder {
  /// The number of an axis as an input.
  mutating func axisNumber(_ axis: Int) throws(LoweringError) -> Value {
    try constant(Tensor([Int64(axis)], shape: .scalar))
  }
}
