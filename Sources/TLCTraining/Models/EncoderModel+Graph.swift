import TLCCore
public import TLCModel

extension EncoderModel {
  /// What a graph is for.
  public enum Purpose: Equatable, Sendable {
    /// To be used: `logits` of every token, or of each text.
    case use
    /// To be trained: the sum of the `loss` over the labels that are given.
    case training(dropout: Float, labelSmoothing: Float)
    /// To be trained with a teacher's scores too: the loss is 1 − `teacherShare` of that of labels and
    /// `teacherShare` of the divergence from the teacher at a temperature.
    case distilling(
      dropout: Float, labelSmoothing: Float, teacherShare: Float, temperature: Float)
    /// To be measured: `loss` and `logits` of what has labels.
    case measuring
  }

  /// The graph.
  ///
  /// Inputs are `input_ids` and `attention_mask`, `i64` [batch, sequence]; for training and measuring
  /// also `labels`, and of masked tokens `places`, `i64` [predicted]: where they stand among all
  /// tokens of the batch; for training with dropout also `dropout_seed`, `i64` [2]. With a decoder,
  /// these two are [batch, source], and `decoder_input_ids` and `labels` are `i64` [batch, target].
  /// With a teacher there is `teacher`, `f32`, of the shape of the scores that have labels.
  public func graph(for purpose: Purpose) throws(GraphError) -> Graph {
    var builder = ModelBuilder(self, purpose)
    switch head {
    case .maskedTokens, .classes: try builder.buildEncoder()
    case .decoder(let depth): try builder.buildTranslator(decoderDepth: depth)
    }
    return builder.builder.graph
  }
}

extension ModelBuilder {
  private var prefix: String { EncoderModel.prefix }

  /// The graph of an encoder and its head.
  mutating func buildEncoder() throws(GraphError) {
    let tokens = ["batch", "sequence"].map { Dimension(named: $0) }
    let ids = try builder.input("input_ids", ValueType(.i64, tokens))
    let mask = try builder.input("attention_mask", ValueType(.i64, tokens))
    let states = try encode(ids, mask)
    switch model.head {
    case .maskedTokens: try predict(states)
    case .classes, .decoder: try classify(states)
    }
  }

  private mutating func encode(_ ids: Value, _ mask: Value) throws(GraphError) -> Value {
    let name = "\(prefix)embeddings"
    let words = try add(
      "Gather", [try weight("\(name).word_embeddings.weight"), ids],
      name: "\(name).word_embeddings")
    let typed = try add(
      "Add", [words, try weight("\(name).token_type_embeddings.weight")], name: "\(name).typed")
    let positions = try positions(ids)
    let scores: Value
    let placed: Value
    switch shape.positions {
    case .learned:
      let places = try add(
        "Gather", [try weight("\(name).position_embeddings.weight"), positions],
        name: "\(name).position_embeddings")
      placed = try add("Add", [typed, places], name: "\(name).placed")
      scores = try maskScores(mask)
    case .alibi:
      placed = typed
      scores = try addDistances(try maskScores(mask), positions)
    }
    var states = try drop(try norm(placed, "\(name).LayerNorm"), name: name)
    for layer in 0..<shape.depth {
      states = try addLayer(
        states, scores, AttentionNames(robertaLayer: "\(prefix)encoder.layer.\(layer)"),
        FeedForwardNames(robertaLayer: "\(prefix)encoder.layer.\(layer)"))
    }
    return try norm(states, "\(prefix)LayerNorm")
  }

  /// The place of a token among those that are not padding, from the id of padding + 1; that of
  /// padding is its id.
  private mutating func positions(_ ids: Value) throws(GraphError) -> Value {
    let id = try builder.constant(Tensor([Int64(shape.paddingID)], shape: .scalar))
    let axis = try builder.constant(Tensor([Int64(1)], shape: .scalar))
    let isPadding = try add("Equal", [ids, id], name: "position_ids.padding")
    let isToken = try add("Not", [isPadding], name: "position_ids.token")
    let ones = try add("Cast", [isToken], ["to": .int(7)], name: "position_ids.ones")
    let counted = try add("CumSum", [ones, axis], name: "position_ids.counted")
    let kept = try add("Mul", [counted, ones], name: "position_ids.kept")
    return try add("Add", [kept, id], name: "position_ids")
  }

  private mutating func predict(_ states: Value) throws(GraphError) {
    var rows = states
    if purpose != .use {
      let predicted = [Dimension(named: "predicted")]
      let places = try builder.input("places", ValueType(.i64, predicted))
      let flat = try add(
        "Reshape", [states, try builder.constant([-1, shape.width])], name: "states.flat")
      rows = try add("Gather", [flat, places], name: "states.predicted")
    }
    let dense = try add("Gelu", [try linear(rows, "lm_head.dense")], name: "lm_head.gelu")
    let normed = try norm(dense, "lm_head.layer_norm")
    let scores = try multiply(
      normed, byRowsOf: "\(prefix)embeddings.word_embeddings.weight", name: "lm_head.scores")
    let logits = try add("Add", [scores, try weight("lm_head.bias")], name: "logits")
    try finish(logits)
  }

  private mutating func classify(_ states: Value) throws(GraphError) {
    let place = try builder.constant(Tensor([Int64(0)], shape: .scalar))
    let first = try add("Gather", [states, place], ["axis": .int(1)], name: "classifier.first")
    let dense = try linear(try drop(first, name: "classifier.first"), "classifier.dense")
    let bent = try add("Tanh", [dense], name: "classifier.tanh")
    let logits = try linear(try drop(bent, name: "classifier.tanh"), "classifier.out_proj")
    try finish(logits)
  }
}
