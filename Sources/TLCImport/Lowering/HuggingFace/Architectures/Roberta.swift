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
      let sizes = try EncoderSizes(graph.fields)
      let head = EncoderGraph.VocabularyHead(
        dense: "lm_head.dense", norm: "lm_head.layer_norm", decoder: "lm_head.decoder.weight",
        biases: ["lm_head.bias", "lm_head.decoder.bias"], width: tokens.width,
        activation: .gelu, epsilon: sizes.epsilon)
      try graph.predict(tokens, head, name: "logits")
    },
    .denseSequence(.tanh), .tokens, .question,
  ]

  static func addEncoder(
    to graph: inout EncoderGraph
  ) throws(LoweringError) -> (states: GraphBuilder.Value, width: Int) {
    let sizes = try EncoderSizes(graph.fields)
    let kind = try RelativePositions.Kind(graph.fields)
    let embedded = try graph.embed(
      width: sizes.width, typeCount: try graph.fields.size("type_vocab_size", default: 2),
      positions: kind == .absolute ? try countedPositions(&graph) : nil, epsilon: sizes.epsilon)
    return (try Bert.addLayers(to: &graph, embedded, sizes, kind), sizes.width)
  }

  /// The place of a token among those that are not padding, from the id of padding + 1; that of
  /// padding is its id.
  private static func countedPositions(
    _ graph: inout EncoderGraph
  ) throws(LoweringError) -> GraphBuilder.Value {
    let padding = try graph.integer(try graph.fields.id("pad_token_id"))
    let name = "position_ids"
    let isPadding = try graph.add("Equal", [graph.ids, padding], name: "\(name).padding")
    let isToken = try graph.add("Not", [isPadding], name: "\(name).token")
    let ones = try graph.add("Cast", [isToken], ["to": .int(7)], name: "\(name).ones")
    let counted = try graph.add("CumSum", [ones, try graph.integer(1)], name: "\(name).counted")
    let kept = try graph.add("Mul", [counted, ones], name: "\(name).kept")
    return try graph.add("Add", [kept, padding], name: name)
  }
}
