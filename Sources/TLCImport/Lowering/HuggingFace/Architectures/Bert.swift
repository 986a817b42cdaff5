internal import TLCModel

/// BERT (Devlin et al., 2019), and models of its form: MiniLM, BGE, GTE and E5 among them.
enum Bert: EncoderArchitecture {
  static let modelTypes = ["bert"]
  static let classNames = ["Bert"]
  static let base = "bert"
  static let pooler: String? = "pooler.dense"

  static let heads = [
    EncoderHead("ForPreTraining", marker: "cls.seq_relationship.weight") {
      (graph, tokens) throws(LoweringError) in
      try predict(&graph, tokens, name: "prediction_logits")
      try relate(&graph, tokens, name: "seq_relationship_logits")
    },
    EncoderHead("ForMaskedLM", marker: "cls.predictions.transform.dense.weight") {
      (graph, tokens) throws(LoweringError) in
      try predict(&graph, tokens, name: "logits")
    },
    EncoderHead("ForNextSentencePrediction") { (graph, tokens) throws(LoweringError) in
      try relate(&graph, tokens, name: "logits")
    },
    .pooledSequence, .tokens, .question,
  ]

  static func addEncoder(
    to graph: inout EncoderGraph
  ) throws(LoweringError) -> (states: GraphBuilder.Value, width: Int) {
    let sizes = try EncoderSizes(graph.fields)
    let kind = try RelativePositions.Kind(graph.fields)
    let embedded = try graph.embed(
      width: sizes.width, typeCount: try graph.fields.size("type_vocab_size", default: 2),
      positions: kind == .absolute ? try graph.positions() : nil, epsilon: sizes.epsilon)
    return (try addLayers(to: &graph, embedded, sizes, kind), sizes.width)
  }

  /// Adds layers under `encoder.layer`, as BERT and its relatives name them.
  static func addLayers(
    to graph: inout EncoderGraph, _ embedded: GraphBuilder.Value, _ sizes: EncoderSizes,
    _ kind: RelativePositions.Kind
  ) throws(LoweringError) -> GraphBuilder.Value {
    let scores = try graph.maskScores()
    let distances = try RelativePositions(kind, isScaled: true, &graph)
    var states = embedded
    for place in 0..<sizes.layerCount {
      let name = "\(graph.prefix)encoder.layer.\(place)"
      let attention = "\(name).attention.self"
      let layer = EncoderLayer(
        name: name, attention: attention, query: "\(attention).query", key: "\(attention).key",
        value: "\(attention).value", output: "\(name).attention.output.dense",
        attentionNorm: "\(name).attention.output.LayerNorm", inner: "\(name).intermediate.dense",
        outer: "\(name).output.dense", norm: "\(name).output.LayerNorm")
      states = try graph.addLayer(
        layer, to: states, sizes, scores: scores, distances: distances,
        isLast: place == sizes.layerCount - 1)
    }
    return states
  }

  private static func predict(
    _ graph: inout EncoderGraph, _ tokens: EncodedTokens, name: String
  ) throws(LoweringError) {
    let sizes = try EncoderSizes(graph.fields)
    let head = EncoderGraph.VocabularyHead(
      dense: "cls.predictions.transform.dense", norm: "cls.predictions.transform.LayerNorm",
      decoder: "cls.predictions.decoder.weight",
      biases: ["cls.predictions.bias", "cls.predictions.decoder.bias"], width: tokens.width,
      activation: sizes.activation, epsilon: sizes.epsilon)
    try graph.predict(tokens, head, name: name)
  }

  /// Whether the second text follows the first.
  private static func relate(
    _ graph: inout EncoderGraph, _ tokens: EncodedTokens, name: String
  ) throws(LoweringError) {
    let pooled = try graph.poolerOutput(tokens)
    try graph.classify(pooled, "cls.seq_relationship", width: tokens.width, name: name)
  }
}
