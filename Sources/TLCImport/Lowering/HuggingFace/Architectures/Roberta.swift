internal import TLCModel

/// RoBERTa (Liu et al., 2019) and XLM-RoBERTa (Conneau et al., 2020): BERT with positions that count
/// the tokens that are not padding.
enum Roberta: EncoderArchitecture {
  static let modelTypes = ["roberta", "xlm-roberta", "camembert"]
  static let classNames = ["Roberta", "XLMRoberta", "Camembert"]
  static let base = "roberta"
  static let pooler: String? = "pooler.dense"

  static let heads = [
    EncoderHead("ForMaskedLM", marker: "lm_head.dense.weight") {
      (graph, tokens) throws(LoweringError) in
      try predict(&graph, tokens)
    },
    .denseSequence(.tanh), .tokens, .question,
  ]

  static func addEncoder(
    to graph: inout EncoderGraph
  ) throws(LoweringError) -> (states: GraphBuilder.Value, width: Int) {
    let sizes = try EncoderSizes(graph.fields)
    let kind = try RelativePositions.Kind(graph.fields)
    let padding = try graph.fields.id("pad_token_id")
    let embedded = try graph.embed(
      width: sizes.width, typeCount: try graph.fields.size("type_vocab_size", default: 2),
      positions: kind == .absolute ? try graph.positions(countedFrom: padding) : nil,
      epsilon: sizes.epsilon)
    return (try Bert.addLayers(to: &graph, embedded, sizes, kind), sizes.width)
  }

  /// Which token of the vocabulary stands where, as `lm_head` tells it.
  static func predict(
    _ graph: inout EncoderGraph, _ tokens: EncodedTokens
  ) throws(LoweringError) {
    let sizes = try EncoderSizes(graph.fields)
    let head = EncoderGraph.VocabularyHead(
      dense: "lm_head.dense", norm: "lm_head.layer_norm", decoder: "lm_head.decoder.weight",
      biases: ["lm_head.bias", "lm_head.decoder.bias"], width: tokens.width, activation: .gelu,
      epsilon: sizes.epsilon)
    try graph.predict(tokens, head, name: "logits")
  }
}
