internal import TLCModel

extension EncoderGraph {
  /// The normalized sum of the embeddings of tokens, of their types and of their positions:
  /// [batch, sequence, width].
  ///
  /// A model of several types has an input `token_type_ids`.
  ///
  /// - Parameters:
  ///   - typeCount: how many types tokens can have; `nil` where the family has none.
  ///   - positions: the tokens' positions; `nil` where they are not added.
  mutating func embed(
    width: Int, typeCount: Int?, positions: Value?, epsilon: Float
  ) throws(LoweringError) -> Value {
    let name = "\(prefix)embeddings"
    var sum = try look(
      up: ids, in: "\(name).word_embeddings", count: try fields.size("vocab_size"), width: width)
    if typeCount == 1 {
      let only = try weight("\(name).token_type_embeddings.weight", shape: [1, width])
      sum = try add("Add", [sum, only], name: "\(name).typed")
    } else if let typeCount {
      let types = try look(
        up: try tokenInput("token_type_ids"), in: "\(name).token_type_embeddings",
        count: typeCount, width: width)
      sum = try add("Add", [sum, types], name: "\(name).typed")
    }
    if let positions {
      let places = try look(
        up: positions, in: "\(name).position_embeddings",
        count: try fields.size("max_position_embeddings"), width: width)
      sum = try add("Add", [sum, places], name: "\(name).placed")
    }
    return try normalize(sum, "\(name).LayerNorm", width: width, epsilon: epsilon)
  }

  /// The rows of a table.
  private mutating func look(
    up indices: Value, in table: String, count: Int, width: Int
  ) throws(LoweringError) -> Value {
    let table = (name: table, rows: try weight("\(table).weight", shape: [count, width]))
    return try add("Gather", [table.rows, indices], ["axis": .int(0)], name: table.name)
  }
}
