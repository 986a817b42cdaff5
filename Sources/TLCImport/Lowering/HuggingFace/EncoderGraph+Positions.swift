internal import TLCModel

extension EncoderGraph {
  /// The positions of tokens from 0 up, whether they are padding or not; `i64` [batch, sequence].
  mutating func positions() throws(LoweringError) -> Value {
    let ones = try add("Equal", [ids, ids], name: "position_ids.every")
    let counted = try add("Cast", [ones], ["to": .int(7)], name: "position_ids.ones")
    return try add(
      "CumSum", [counted, try integer(1)], ["exclusive": .int(1)], name: "position_ids")
  }

  /// The place of a token among those that are not padding, from the id of padding + 1; that of
  /// padding is its id. `i64` [batch, sequence].
  mutating func positions(countedFrom padding: Int) throws(LoweringError) -> Value {
    let id = try integer(padding)
    let isPadding = try add("Equal", [ids, id], name: "position_ids.padding")
    let isToken = try add("Not", [isPadding], name: "position_ids.token")
    let ones = try add("Cast", [isToken], ["to": .int(7)], name: "position_ids.ones")
    let counted = try add("CumSum", [ones, try integer(1)], name: "position_ids.counted")
    let kept = try add("Mul", [counted, ones], name: "position_ids.kept")
    return try add("Add", [kept, id], name: "position_ids")
  }

  /// How far each token stands behind each other one, and `count` − 1 more: where in a table of
  /// 2 · `count` − 1 rows the distance has its own. `i64` [sequence, sequence].
  mutating func distances(count: Int) throws(LoweringError) -> Value {
    // Every row has the same positions.
    let row = try add(
      "ReduceMax", [try positions(), try integers([0])], ["keepdims": .int(0)],
      name: "distances.positions")
    let left = try add("Unsqueeze", [row, try integers([1])], name: "distances.left")
    let right = try add("Unsqueeze", [row, try integers([0])], name: "distances.right")
    let difference = try add("Sub", [left, right], name: "distances.difference")
    return try add("Add", [difference, try integer(count - 1)], name: "distances")
  }
}
