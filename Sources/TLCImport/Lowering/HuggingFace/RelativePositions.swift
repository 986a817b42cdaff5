internal import TLCModel

/// Scores by how far apart tokens are: `position_embedding_type` `relative_key` of transformers (Shaw
/// et al., 2018), and `relative_key_query` (Huang et al., 2020).
struct RelativePositions {
  /// The kinds of positions that a configuration may name.
  enum Kind: String, CaseIterable {
    case absolute
    case key = "relative_key"
    case keyAndQuery = "relative_key_query"

    init(_ fields: ConfigurationFields) throws(LoweringError) {
      let name = try fields.text("position_embedding_type") ?? Self.absolute.rawValue
      guard let kind = Self(rawValue: name) else {
        let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
        throw fields.malformed(
          "\"position_embedding_type\" is \"\(name)\", which has no definition here; there are"
            + " \(known)")
      }
      self = kind
    }
  }

  let kind: Kind
  /// Whether what is added is divided by the root of a head's width, as the products are.
  let isScaled: Bool
  /// Where in a table each distance is, `i64` [sequence, sequence].
  private let distances: GraphBuilder.Value
  /// The positions that tokens can have.
  private let positionCount: Int

  /// - Returns: `nil` where positions are absolute.
  init?(_ kind: Kind, isScaled: Bool, _ graph: inout EncoderGraph) throws(LoweringError) {
    guard kind != .absolute else { return nil }
    self.kind = kind
    self.isScaled = isScaled
    positionCount = try graph.fields.size("max_position_embeddings")
    distances = try graph.distances(count: positionCount)
  }

  /// What is added to scores, [batch, heads, sequence, sequence].
  ///
  /// - Parameter name: of the layer that has the table, `distance_embedding`.
  func add(
    to graph: inout EncoderGraph, query: GraphBuilder.Value, key: GraphBuilder.Value,
    _ sizes: EncoderSizes, scores: GraphBuilder.Value, name: String
  ) throws(LoweringError) -> GraphBuilder.Value {
    let table = try graph.weight(
      "\(name).distance_embedding.weight", shape: [2 * positionCount - 1, sizes.headWidth])
    // [left, right, width of a head]
    let embedded = try graph.add("Gather", [table, distances], name: "\(name).distance")
    var sum = try product(
      &graph, query, embedded, turned: [0, 2, 1], back: [0, 2, 1, 3], sizes, "\(name).left")
    if kind == .keyAndQuery {
      let right = try product(
        &graph, key, embedded, turned: [1, 2, 0], back: [0, 2, 3, 1], sizes, "\(name).right")
      sum = try graph.add("Add", [sum, right], name: "\(name).distance.sum")
    }
    if isScaled {
      sum = try graph.add(
        "Mul", [sum, try graph.number(1 / Float(sizes.headWidth).squareRoot())],
        name: "\(name).distance.scaled")
    }
    return try graph.add("Add", [sum, scores], name: "\(name).distance.scores")
  }

  /// The products of each token's heads with the embeddings of its distances to all tokens.
  private func product(
    _ graph: inout EncoderGraph, _ states: GraphBuilder.Value, _ embedded: GraphBuilder.Value,
    turned: [Int], back: [Int], _ sizes: EncoderSizes, _ name: String
  ) throws(LoweringError) -> GraphBuilder.Value {
    let heads = try graph.add(
      "Reshape", [states, try graph.integers([0, 0, sizes.headCount, sizes.headWidth])],
      name: "\(name).heads")
    let matrix = try graph.add(
      "Transpose", [embedded], ["perm": .ints(turned)], name: "\(name).matrix")
    let product = try graph.add("MatMul", [heads, matrix], name: "\(name).product")
    return try graph.add("Transpose", [product], ["perm": .ints(back)], name: name)
  }
}
