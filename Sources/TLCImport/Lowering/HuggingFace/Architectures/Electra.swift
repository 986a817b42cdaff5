internal import TLCModel

/// ELECTRA (Clark et al., 2020): BERT with an embedding of a width of its own.
enum Electra: EncoderArchitecture {
  static let modelTypes = ["electra"]
  static let classNames = ["Electra"]
  static let base = "electra"
  static let pooler: String? = nil

  static let heads = [
    EncoderHead("ForMaskedLM", marker: "generator_predictions.dense.weight") {
      (graph, tokens) throws(LoweringError) in
      let sizes = try EncoderSizes(graph.fields)
      let head = EncoderGraph.VocabularyHead(
        dense: "generator_predictions.dense", norm: "generator_predictions.LayerNorm",
        decoder: "generator_lm_head.weight", biases: ["generator_lm_head.bias"],
        width: try graph.fields.size("embedding_size"), activation: .gelu,
        epsilon: sizes.epsilon)
      try graph.predict(tokens, head, name: "logits")
    },
    EncoderHead("ForPreTraining", marker: "discriminator_predictions.dense.weight") {
      (graph, tokens) throws(LoweringError) in
      try discriminate(&graph, tokens)
    },
    .denseSequence(.gelu), .tokens, .question,
  ]

  static func addEncoder(
    to graph: inout EncoderGraph
  ) throws(LoweringError) -> (states: GraphBuilder.Value, width: Int) {
    let sizes = try EncoderSizes(graph.fields)
    let kind = try RelativePositions.Kind(graph.fields)
    let narrow = try graph.fields.size("embedding_size")
    var embedded = try graph.embed(
      width: narrow, typeCount: try graph.fields.size("type_vocab_size", default: 2),
      positions: kind == .absolute ? try graph.positions() : nil, epsilon: sizes.epsilon)
    if narrow != sizes.width {
      embedded = try graph.linear(
        embedded, "\(graph.prefix)embeddings_project", inner: narrow, outer: sizes.width)
    }
    return (try Bert.addLayers(to: &graph, embedded, sizes, kind), sizes.width)
  }

  /// Whether each token was replaced, [batch, sequence].
  private static func discriminate(
    _ graph: inout EncoderGraph, _ tokens: EncodedTokens
  ) throws(LoweringError) {
    let sizes = try EncoderSizes(graph.fields)
    let layer = "discriminator_predictions"
    let dense = try graph.linear(
      tokens.states, "\(layer).dense", inner: tokens.width, outer: tokens.width)
    let active = try graph.activate(dense, sizes.activation, name: "\(layer).activation")
    let single = try graph.linear(
      active, "\(layer).dense_prediction", inner: tokens.width, outer: 1)
    let logits = try graph.add("Squeeze", [single, try graph.integers([-1])], name: "logits")
    try graph.output(logits, name: "logits")
  }
}
