internal import TLCCore
internal import TLCModel

/// What stands on an encoder, by the end of its class' name in transformers.
struct EncoderHead: Sendable {
  /// `ForMaskedLM`.
  let className: String
  /// A tensor that checkpoints of this head alone have, where there is one.
  let marker: String?
  /// Adds its nodes, and makes its results outputs.
  let add: @Sendable (inout EncoderGraph, EncodedTokens) throws(LoweringError) -> Void

  init(
    _ className: String, marker: String? = nil,
    _ add:
      @escaping @Sendable (inout EncoderGraph, EncodedTokens) throws(LoweringError) -> Void
  ) {
    self.className = className
    self.marker = marker
    self.add = add
  }

  /// Each token's classes, by one layer.
  static let tokens = EncoderHead("ForTokenClassification") {
    (graph, tokens) throws(LoweringError) in
    try graph.classify(tokens.states, "classifier", width: tokens.width, name: "logits")
  }

  /// Where an answer starts and ends.
  static let question = EncoderHead("ForQuestionAnswering", marker: "qa_outputs.weight") {
    (graph, tokens) throws(LoweringError) in
    let both = try graph.linear(tokens.states, "qa_outputs", inner: tokens.width, outer: 2)
    for (place, name) in ["start_logits", "end_logits"].enumerated() {
      let one = try graph.add(
        "Gather", [both, try graph.integer(place)], ["axis": .int(-1)], name: name)
      try graph.output(one, name: name)
    }
  }

  /// Classes of a text, by a layer on the pooler's output.
  static let pooledSequence = EncoderHead("ForSequenceClassification") {
    (graph, tokens) throws(LoweringError) in
    let pooled = try graph.poolerOutput(tokens)
    try graph.classify(pooled, "classifier", width: tokens.width, name: "logits")
  }

  /// Classes of a text, by two layers on the first token with a function between.
  static func denseSequence(_ activation: EncoderActivation) -> EncoderHead {
    EncoderHead("ForSequenceClassification", marker: "classifier.out_proj.weight") {
      (graph, tokens) throws(LoweringError) in
      let first = try graph.firstToken(tokens)
      let dense = try graph.linear(
        first, "classifier.dense", inner: tokens.width, outer: tokens.width)
      let active = try graph.activate(dense, activation, name: "classifier.activation")
      try graph.classify(active, "classifier.out_proj", width: tokens.width, name: "logits")
    }
  }
}

extension EncoderGraph {
  /// Makes the classes of a layer an output. How many there are, its weights say.
  mutating func classify(
    _ states: Value, _ layer: String, width: Int, name: String
  ) throws(LoweringError) {
    let count = tensors["\(layer).weight"]?.shape.dimensions.first ?? 1
    try output(
      try linear(states, layer, inner: width, outer: count, name: name), name: name)
  }

  /// The names of a head that tells which token of the vocabulary stands where.
  struct VocabularyHead {
    /// The layer before the last one.
    var dense: String
    var norm: String
    /// The last layer's matrix, which is the input embedding where the two are tied.
    var decoder: String
    /// The names that the last layer's bias may have.
    var biases: [String]
    /// The width of what is decoded: that of the embedding.
    var width: Int
    var activation: EncoderActivation
    var epsilon: Float
  }

  /// Makes the scores of each token of the vocabulary an output, [batch, sequence, vocabulary].
  mutating func predict(
    _ tokens: EncodedTokens, _ head: VocabularyHead, name: String
  ) throws(LoweringError) {
    let dense = try linear(tokens.states, head.dense, inner: tokens.width, outer: head.width)
    let active = try activate(dense, head.activation, name: "\(head.dense).activation")
    let normal = try normalize(active, head.norm, width: head.width, epsilon: head.epsilon)
    let count = try fields.size("vocab_size")
    var matrix = try tensors.require(
      ["\(prefix)embeddings.word_embeddings.weight"], shape: [count, head.width])
    if try fields.flag("tie_word_embeddings", default: true) {
      if let own = tensors[head.decoder] { try tensors.requireEqual(matrix, own) }
    } else {
      matrix = try tensors.require([head.decoder], shape: [count, head.width])
    }
    let bias = try tensors.require(head.biases, shape: [count])
    for other in head.biases { if let own = tensors[other] { try tensors.requireEqual(bias, own) } }
    let product = try multiply(normal, by: matrix, name: name)
    try output(try add("Add", [product, try weight(bias)], name: name), name: name)
  }
}
