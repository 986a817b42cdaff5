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
    activation: "activation")
  private static let epsilon: Float = 1e-12

  static let heads = [
    EncoderHead("ForMaskedLM", marker: "vocab_transform.weight") {
      (graph, tokens) throws(LoweringError) in
      let sizes = try EncoderSizes(graph.fields, keys: keys)
      let head = EncoderGraph.VocabularyHead(
        dense: "vocab_transform", norm: "vocab_layer_norm", decoder: "vocab_projector.weight",
        biases: ["vocab_projector.bias"], width: tokens.width, activation: sizes.activation,
        epsilon: epsilon)
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
      width: sizes.width, typeCount: nil, positions: try graph.positions(), epsilon: epsilon)
    let scores = try graph.maskScores()
    for place in 0..<sizes.layerCount {
      let layer = "\(graph.prefix)transformer.layer.\(place)"
      let own = "\(layer).attention"
      let attended = try graph.attention(
        states,
        (
          query: "\(own).q_lin", key: "\(own).k_lin", value: "\(own).v_lin",
          output: "\(own).out_lin"
        ), sizes, scores: scores, name: own)
      let sum = try graph.add("Add", [attended, states], name: "\(own).sum")
      let normal = try graph.normalize(
        sum, "\(layer).sa_layer_norm", width: sizes.width, epsilon: epsilon)
      let forward = try graph.feedForward(
        normal, (first: "\(layer).ffn.lin1", second: "\(layer).ffn.lin2"), sizes)
      let last = try graph.add("Add", [forward, normal], name: "\(layer).sum")
      states = try graph.normalize(
        last, "\(layer).output_layer_norm", width: sizes.width, epsilon: epsilon,
        name: place == sizes.layerCount - 1 ? "last_hidden_state" : nil)
    }
    return (states, sizes.width)
  }
}
