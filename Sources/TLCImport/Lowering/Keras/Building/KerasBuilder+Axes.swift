internal import TLCCore
internal import TLCModel

extension KerasBuilder {
  /// The axes in another order: axis 𝑖 of the result is axis `order[𝑖]` of the value.
  mutating func transpose(_ value: Value, _ order: [Int]) throws(LoweringError) -> Value {
    guard order.count == rank(value), order.sorted() == Array(0..<order.count) else {
      throw malformed("\(order.prefix(9)) is no order of the axes of \(type(value))")
    }
    let origin = origins[value] ?? (source: value, order: Array(order.indices))
    let whole = order.map { origin.order[$0] }
    guard whole != Array(whole.indices) else { return origin.source }
    let result = try add("Transpose", [origin.source], ["perm": .ints(whole)])
    origins[result] = (origin.source, whole)
    return result
  }

  /// Does what works in any order of axes where the values were before they were transposed, if
  /// all of them were in the same way, and transposes the result.
  ///
  /// - Parameter body: is given the values, and where each axis of the caller's order is.
  mutating func anywhere(
    _ values: [Value],
    _ body: (inout KerasBuilder, [Value], [Int]) throws(LoweringError) -> Value
  ) throws(LoweringError) -> Value {
    guard let first = values.first else { throw malformed("it is called without a tensor") }
    guard let order = origins[first]?.order else {
      return try body(&self, values, Array(0..<rank(first)))
    }
    let sources = values.compactMap { value in
      origins[value].flatMap { $0.order == order ? $0.source : nil }
    }
    guard sources.count == values.count else {
      return try body(&self, values, Array(0..<rank(first)))
    }
    let result = try body(&self, sources, order)
    let transposed = try add("Transpose", [result], ["perm": .ints(order)])
    origins[transposed] = (result, order)
    return transposed
  }

  /// An operator of one input that keeps each element where it is.
  ///
  /// - Parameter rest: further inputs, of one element each.
  mutating func pointwise(
    _ operation: String, _ value: Value, _ rest: [Value?] = [],
    _ attributes: [String: Attribute] = [:]
  ) throws(LoweringError) -> Value {
    try anywhere([value]) { builder, values, _ throws(LoweringError) in
      try builder.add(operation, values + rest, attributes)
    }
  }

  /// An operator of several inputs of equal rank that broadcast.
  mutating func pointwise(
    _ operation: String, all values: [Value]
  ) throws(LoweringError) -> Value {
    try anywhere(values) { builder, values, _ throws(LoweringError) in
      try builder.add(operation, values)
    }
  }

  /// An axis as Keras counts it, from the end where it is negative.
  func axis(_ axis: Int, rank: Int) throws(LoweringError) -> Int {
    let place = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(place) else {
      throw malformed("axis \(axis) is none of \(rank)")
    }
    return place
  }

  /// Axes as Keras counts them, in order, each once.
  func axes(_ axes: [Int], rank: Int) throws(LoweringError) -> [Int] {
    guard axes.count <= rank else {
      throw malformed("there are \(axes.count) axes to take of \(rank)")
    }
    var places: [Int] = []
    for axis in axes { places.append(try self.axis(axis, rank: rank)) }
    guard Set(places).count == places.count else {
      throw malformed("of the axes \(axes) one is named twice")
    }
    return places.sorted()
  }

  /// The value with channels as its second axis.
  mutating func channelsFirst(
    _ value: Value, from areLast: Bool
  ) throws(LoweringError) -> Value {
    let rank = rank(value)
    guard rank >= 2 else { throw malformed("its input is \(type(value)), which has no channels") }
    return areLast ? try transpose(value, [0, rank - 1] + Array(1..<(rank - 1))) : value
  }

  /// The value with channels where the layer has them.
  mutating func channels(_ value: Value, to areLast: Bool) throws(LoweringError) -> Value {
    let rank = rank(value)
    return areLast ? try transpose(value, [0] + Array(2..<rank) + [1]) : value
  }

  /// A reduction over axes, such as `ReduceMean`.
  mutating func reduce(
    _ operation: String, _ value: Value, _ axes: [Int], keepsAxes: Bool
  ) throws(LoweringError) -> Value {
    if !keepsAxes, let origin = origins[value] {
      let kept = origin.order.enumerated().filter { !axes.contains($0.offset) }.map { $0.element }
      if kept == kept.sorted() {
        let places = try constant(axes.map { origin.order[$0] }.sorted())
        return try add(operation, [origin.source, places], ["keepdims": .int(0)])
      }
    }
    guard keepsAxes else {
      return try add(operation, [value, try constant(axes)], ["keepdims": .int(0)])
    }
    return try anywhere([value]) { builder, values, order throws(LoweringError) in
      let places = try builder.constant(axes.map { order[$0] }.sorted())
      return try builder.add(operation, [values[0], places], ["keepdims": .int(1)])
    }
  }

  mutating func reshape(_ value: Value, _ lengths: [Int]) throws(LoweringError) -> Value {
    try add("Reshape", [value, try constant(lengths)])
  }

  mutating func unsqueeze(_ value: Value, _ axes: [Int]) throws(LoweringError) -> Value {
    try add("Unsqueeze", [value, try constant(axes)])
  }

  mutating func squeeze(_ value: Value, _ axes: [Int]) throws(LoweringError) -> Value {
    try add("Squeeze", [value, try constant(axes)])
  }

  /// The elements from `starts` to `ends` of some axes, every `steps`-th.
  mutating func slice(
    _ value: Value, starts: [Int], ends: [Int], axes: [Int], steps: [Int]? = nil
  ) throws(LoweringError) -> Value {
    try anywhere([value]) { builder, values, order throws(LoweringError) in
      var inputs = [
        values[0], try builder.constant(starts), try builder.constant(ends),
        try builder.constant(axes.map { order[$0] }),
      ]
      if let steps { inputs.append(try builder.constant(steps)) }
      return try builder.add("Slice", inputs)
    }
  }

  /// The axes backwards.
  mutating func reversed(_ value: Value, axes: [Int]) throws(LoweringError) -> Value {
    try slice(
      value, starts: axes.map { _ in -1 }, ends: axes.map { _ in -(1 << 53) }, axes: axes,
      steps: axes.map { _ in -1 })
  }

  mutating func concatenate(
    _ values: [Value], axis: Int
  ) throws(LoweringError) -> Value {
    guard values.count > 1 else { return values[0] }
    return try anywhere(values) { builder, values, order throws(LoweringError) in
      try builder.add("Concat", values, ["axis": .int(order[axis])])
    }
  }
}
