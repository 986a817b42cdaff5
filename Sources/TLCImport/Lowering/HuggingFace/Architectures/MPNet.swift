internal import TLCCore
internal import TLCModel

/// MPNet (Song et al., 2020): RoBERTa without types, and scores by how far apart tokens are.
enum MPNet: EncoderArchitecture {
  static let modelTypes = ["mpnet"]
  static let classNames = ["MPNet"]
  static let base = "mpnet"
  static let pooler: String? = "pooler.dense"
  /// Whatever a configuration says.
  private static let paddingID = 1

  static let heads = [
    EncoderHead("ForMaskedLM", marker: "lm_head.dense.weight") {
      (graph, tokens) throws(LoweringError) in
      try Roberta.predict(&graph, tokens)
    },
    .denseSequence(.tanh), .tokens, .question,
  ]

  static func addEncoder(
    to graph: inout EncoderGraph
  ) throws(LoweringError) -> (states: GraphBuilder.Value, width: Int) {
    let sizes = try EncoderSizes(graph.fields)
    var states = try graph.embed(
      width: sizes.width, typeCount: nil, positions: try graph.positions(countedFrom: paddingID),
      epsilon: sizes.epsilon)
    let bias = try distanceScores(&graph, sizes)
    let scores = try graph.add(
      "Add", [bias, try graph.maskScores()], name: "\(graph.prefix)encoder.scores")
    for place in 0..<sizes.layerCount {
      let name = "\(graph.prefix)encoder.layer.\(place)"
      let attention = "\(name).attention.attn"
      let layer = EncoderLayer(
        name: name, attention: attention, query: "\(attention).q", key: "\(attention).k",
        value: "\(attention).v", output: "\(attention).o",
        attentionNorm: "\(name).attention.LayerNorm", inner: "\(name).intermediate.dense",
        outer: "\(name).output.dense", norm: "\(name).output.LayerNorm")
      states = try graph.addLayer(
        layer, to: states, sizes, scores: scores, isLast: place == sizes.layerCount - 1)
    }
    return (states, sizes.width)
  }

  /// What is added to the scores of each head, [heads, sequence, sequence].
  private static func distanceScores(
    _ graph: inout EncoderGraph, _ sizes: EncoderSizes
  ) throws(LoweringError) -> GraphBuilder.Value {
    let name = "\(graph.prefix)encoder.relative_attention_bias"
    let buckets = try graph.fields.size("relative_attention_num_buckets", default: bucketCount)
    // Each distance has a place in the table, a constant of the graph.
    let count = try graph.fields.size("max_position_embeddings", limit: 4_096)
    let places = try graph.integers((1 - count..<count).map { bucket(ofDistance: $0) })
    let table = try graph.weight("\(name).weight", shape: [buckets, sizes.headCount])
    let rows = try graph.add("Gather", [table, places], ["axis": .int(0)], name: "\(name).rows")
    let distances = try graph.distances(count: count)
    let looked = try graph.add("Gather", [rows, distances], ["axis": .int(0)], name: name)
    return try graph.add(
      "Transpose", [looked], ["perm": .ints([2, 0, 1])], name: "\(name).scores")
  }

  /// Whatever a configuration says.
  private static let bucketCount = 32

  /// The part of the table for tokens that stand so far behind another: half of the buckets are for
  /// those before it; of each half the first 8 are for distances of their own, and the others for
  /// distances that grow by √2.
  private static func bucket(ofDistance distance: Int) -> Int {
    let ends = [12, 16, 23, 32, 46, 64, 91]
    let length = Int(distance.magnitude)
    let near = length < 8 ? length : 8 + ends.count { length >= $0 }
    return near + (distance < 0 ? bucketCount / 2 : 0)
  }
}
