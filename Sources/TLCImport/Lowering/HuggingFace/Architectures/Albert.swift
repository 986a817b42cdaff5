internal import TLCModel

/// ALBERT (Lan et al., 2020): an embedding of a width of its own, and groups of layers that each
/// stand for several.
enum Albert: EncoderArchitecture {
  static let modelTypes = ["albert"]
  static let classNames = ["Albert"]
  static let base = "albert"
  static let pooler: String? = "pooler"

  static let heads = [
    EncoderHead("ForPreTraining", marker: "sop_classifier.classifier.weight") {
      (graph, tokens) throws(LoweringError) in
      try predict(&graph, tokens, name: "prediction_logits")
      let pooled = try graph.poolerOutput(tokens)
      try graph.classify(
        pooled, "sop_classifier.classifier", width: tokens.width, name: "sop_logits")
    },
    EncoderHead("ForMaskedLM", marker: "predictions.dense.weight") {
      (graph, tokens) throws(LoweringError) in
      try predict(&graph, tokens, name: "logits")
    },
    .pooledSequence, .tokens, .question,
  ]

  private static func sizes(_ fields: ConfigurationFields) throws(LoweringError) -> EncoderSizes {
    try EncoderSizes(fields, activation: .geluNew)
  }

  static func addEncoder(
    to graph: inout EncoderGraph
  ) throws(LoweringError) -> (states: GraphBuilder.Value, width: Int) {
    let fields = graph.fields
    let sizes = try sizes(fields)
    let kind = try RelativePositions.Kind(fields)
    let narrow = try fields.size("embedding_size")
    let embedded = try graph.embed(
      width: narrow, typeCount: try fields.size("type_vocab_size", default: 2),
      positions: kind == .absolute ? try graph.positions() : nil, epsilon: sizes.epsilon)
    var states = try graph.linear(
      embedded, "\(graph.prefix)encoder.embedding_hidden_mapping_in", inner: narrow,
      outer: sizes.width)
    let scores = try graph.maskScores()
    let distances = try RelativePositions(kind, isScaled: false, &graph)
    let steps = try steps(fields, sizes)
    for (place, step) in steps.enumerated() {
      states = try addLayer(
        to: &graph, states,
        "\(graph.prefix)encoder.albert_layer_groups.\(step.group).albert_layers.\(step.layer)",
        sizes, scores, distances, isLast: place == steps.count - 1)
    }
    return (states, sizes.width)
  }

  /// Which layer of which group is applied, in order.
  private static func steps(
    _ fields: ConfigurationFields, _ sizes: EncoderSizes
  ) throws(LoweringError) -> [(group: Int, layer: Int)] {
    let groupCount = try fields.size("num_hidden_groups", limit: sizes.layerCount, default: 1)
    let innerCount = try fields.size(
      "inner_group_num", limit: EncoderSizes.greatestLayerCount, default: 1)
    guard sizes.layerCount * innerCount <= EncoderSizes.greatestLayerCount else {
      throw fields.malformed(
        "it asks for \(sizes.layerCount) times \(innerCount) layers, above"
          + " \(EncoderSizes.greatestLayerCount)")
    }
    // As transformers divides, in floating point.
    let share = Double(sizes.layerCount) / Double(groupCount)
    return (0..<sizes.layerCount).flatMap { place in
      (0..<innerCount).map { (group: Int(Double(place) / share), layer: $0) }
    }
  }

  private static func addLayer(
    to graph: inout EncoderGraph, _ states: GraphBuilder.Value, _ layer: String,
    _ sizes: EncoderSizes, _ scores: GraphBuilder.Value, _ distances: RelativePositions?,
    isLast: Bool
  ) throws(LoweringError) -> GraphBuilder.Value {
    let own = "\(layer).attention"
    let attended = try graph.attention(
      states,
      (query: "\(own).query", key: "\(own).key", value: "\(own).value", output: "\(own).dense"),
      sizes, scores: scores, distances: distances, name: own)
    let sum = try graph.add("Add", [attended, states], name: "\(own).sum")
    let normal = try graph.normalize(
      sum, "\(own).LayerNorm", width: sizes.width, epsilon: sizes.epsilon)
    let forward = try graph.feedForward(
      normal, (first: "\(layer).ffn", second: "\(layer).ffn_output"), sizes)
    let last = try graph.add("Add", [forward, normal], name: "\(layer).sum")
    return try graph.normalize(
      last, "\(layer).full_layer_layer_norm", width: sizes.width, epsilon: sizes.epsilon,
      name: isLast ? "last_hidden_state" : nil)
  }

  private static func predict(
    _ graph: inout EncoderGraph, _ tokens: EncodedTokens, name: String
  ) throws(LoweringError) {
    let sizes = try sizes(graph.fields)
    let head = EncoderGraph.VocabularyHead(
      dense: "predictions.dense", norm: "predictions.LayerNorm",
      decoder: "predictions.decoder.weight",
      biases: ["predictions.bias", "predictions.decoder.bias"],
      width: try graph.fields.size("embedding_size"), activation: sizes.activation,
      epsilon: sizes.epsilon)
    try graph.predict(tokens, head, name: name)
  }
}
