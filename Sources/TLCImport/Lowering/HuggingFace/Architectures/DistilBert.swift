internal import TLCModel

/// DistilBERT (Sanh et al., 2019): BERT without types and pooler. Positions that are sines are stored
/// as others are.
enum DistilBert: EncoderArchitecture {
  static let modelTypes = ["distilbert"]
  static let classNames = ["DistilBert"]
  static let base = "distilbert"
  static let pooler: String? = nil

  private static let keys = EncoderSizes.Keys(
    width: "dim", headCount: "n_heads", layerCount: "n_layers", innerWidth: "hidden_dim",
    activation: "activation", epsilon: nil)

  static let heads = [
    EncoderHead("ForMaskedLM", marker: "vocab_transform.weight") {
      (graph, tokens) throws(LoweringError) in
      let sizes = try EncoderSizes(graph.fields, keys: keys)
      let head = EncoderGraph.VocabularyHead(
        dense: "vocab_transform", norm: "vocab_layer_norm", decoder: "vocab_projector.weight",
        biases: ["vocab_projector.bias"], width: tokens.width, activation: sizes.activation,
        epsilon: sizes.epsilon)
      try graph.predict(tokens, head, name: "logits")
    },
    EncoderHead("ForSequenceClassification", marker: "pre_classifier.weight") {
      (graph, tokens) throws(LoweringError) in
      let first = try graph.firstToken(tokens)
      let dense = try graph.linear(
        first, "pre_classifier", inner: tokens.width, outer: tokens.width)
      let active = try graph.activate(dense, .relu, name: "pre_classifier.activation")
      try graph.classify(active, "classifier", width: tokens.width, name: "logits")
    },
    .tokens, .question,
  ]

  static func addEncoder(
    to graph: inout EncoderGraph
  ) throws(LoweringError) -> (states: GraphBuilder.Value, width: Int) {
    let sizes = try EncoderSizes(graph.fields, keys: keys)
    var states = try graph.embed(
      width: sizes.width, typeCount: nil, positions: try graph.positions(), epsilon: sizes.epsilon)
    let scores = try graph.maskScores()
    for place in 0..<sizes.layerCount {
      let name = "\(graph.prefix)transformer.layer.\(place)"
      let attention = "\(name).attention"
      let layer = EncoderLayer(
        name: name, attention: attention, query: "\(attention).q_lin", key: "\(attention).k_lin",
        value: "\(attention).v_lin", output: "\(attention).out_lin",
        attentionNorm: "\(name).sa_layer_norm", inner: "\(name).ffn.lin1",
        outer: "\(name).ffn.lin2", norm: "\(name).output_layer_norm")
      states = try graph.addLayer(
        layer, to: states, sizes, scores: scores, isLast: place == sizes.layerCount - 1)
    }
    return (states, sizes.width)
  }
}
