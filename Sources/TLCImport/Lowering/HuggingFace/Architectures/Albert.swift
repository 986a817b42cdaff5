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
      let name =
        "\(graph.prefix)encoder.albert_layer_groups.\(step.group).albert_layers.\(step.layer)"
      let attention = "\(name).attention"
      let layer = EncoderLayer(
        name: name, attention: attention, query: "\(attention).query", key: "\(attention).key",
        value: "\(attention).value", output: "\(attention).dense",
        attentionNorm: "\(attention).LayerNorm", inner: "\(name).ffn",
        outer: "\(name).ffn_output", norm: "\(name).full_layer_layer_norm")
      states = try graph.addLayer(
        layer, to: states, sizes, scores: scores, distances: distances,
        isLast: place == steps.count - 1)
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
