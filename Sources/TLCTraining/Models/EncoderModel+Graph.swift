import TLCCore
public import TLCModel

extension EncoderModel {
  /// What a graph is for.
  public enum Purpose: Equatable, Sendable {
    /// To be used: `logits` of every token, or of each text.
    case use
    /// To be trained: the sum of the `loss` over the labels that are given.
    case training(dropout: Float, labelSmoothing: Float)
    /// To be measured: `loss` and `logits` of what has labels.
    case measuring
  }

  /// The graph.
  ///
  /// Inputs are `input_ids` and `attention_mask`, `i64` [batch, sequence]; for training and measuring
  /// also `labels`, and of masked tokens `places`, `i64` [predicted]: where they stand among all
  /// tokens of the batch; for training with dropout also `dropout_seed`, `i64` [2].
  public func graph(for purpose: Purpose) throws(GraphError) -> Graph {
    var builder = EncoderBuilder(self, purpose)
    try builder.build()
    return builder.builder.graph
  }
}

/// A graph of an encoder while it is built.
struct EncoderBuilder {
  typealias Value = GraphBuilder.Value

  private let model: EncoderModel
  private let purpose: EncoderModel.Purpose
  private(set) var builder = GraphBuilder(registry: TrainingOperators.registry)
  private var seed: Value?
  private var dropoutRatio: Float = 0
  private var streamCount = 0
  private var turned: [String: Value] = [:]
  private let lengths: [String: [Int]]

  init(_ model: EncoderModel, _ purpose: EncoderModel.Purpose) {
    self.model = model
    self.purpose = purpose
    if case .training(let dropout, _) = purpose { dropoutRatio = dropout }
    lengths = Dictionary(uniqueKeysWithValues: model.weights.map { ($0.name, $0.lengths) })
  }

  private var prefix: String { EncoderModel.prefix }
  private var shape: EncoderShape { model.shape }

  mutating func build() throws(GraphError) {
    let tokens = ["batch", "sequence"].map { Dimension(named: $0) }
    let ids = try builder.input("input_ids", ValueType(.i64, tokens))
    let mask = try builder.input("attention_mask", ValueType(.i64, tokens))
    let states = try encode(ids, mask)
    switch model.head {
    case .maskedTokens: try predict(states)
    case .classes: try classify(states)
    }
  }

  private mutating func weight(_ name: String) throws(GraphError) -> Value {
    try builder.tensor(name, ValueType(.f32, (lengths[name] ?? []).map { Dimension($0) }))
  }

  private mutating func add(
    _ operation: String, _ inputs: [Value], _ attributes: [String: Attribute] = [:], name: String
  ) throws(GraphError) -> Value {
    try builder.add(operation, inputs, attributes, name: name)
  }

  private mutating func linear(_ x: Value, _ name: String) throws(GraphError) -> Value {
    let product = try multiply(x, byRowsOf: "\(name).weight", name: "\(name).product")
    return try add("Add", [product, try weight("\(name).bias")], name: name)
  }

  /// The product with the transpose of a matrix, which is made once.
  private mutating func multiply(
    _ x: Value, byRowsOf matrix: String, name: String
  ) throws(GraphError) -> Value {
    if turned[matrix] == nil {
      turned[matrix] = try add(
        "Transpose", [try weight(matrix)], ["perm": .ints([1, 0])], name: "\(matrix).transposed")
    }
    return try add("MatMul", [x, turned[matrix] ?? x], name: name)
  }

  private mutating func norm(_ x: Value, _ name: String) throws(GraphError) -> Value {
    try add(
      "LayerNormalization", [x, try weight("\(name).weight"), try weight("\(name).bias")],
      ["epsilon": .float(shape.epsilon)], name: name)
  }

  /// A seed that all dropouts share, each with a stream of its own.
  private mutating func drop(_ x: Value, name: String) throws(GraphError) -> Value {
    guard dropoutRatio > 0 else { return x }
    let (seed, stream) = try nextStream()
    return try builder.add(
      Dropout.name, domain: Dropout.domain, [x, seed],
      ["ratio": .float(dropoutRatio), "stream": .int(stream)], name: "\(name).dropout")
  }

  private mutating func nextStream() throws(GraphError) -> (seed: Value, stream: Int) {
    streamCount += 1
    if let seed { return (seed, streamCount) }
    let seed = try builder.input("dropout_seed", ValueType(.i64, [2]))
    self.seed = seed
    return (seed, streamCount)
  }

  private mutating func encode(_ ids: Value, _ mask: Value) throws(GraphError) -> Value {
    let name = "\(prefix)embeddings"
    let words = try add(
      "Gather", [try weight("\(name).word_embeddings.weight"), ids],
      name: "\(name).word_embeddings")
    let typed = try add(
      "Add", [words, try weight("\(name).token_type_embeddings.weight")], name: "\(name).typed")
    let places = try add(
      "Gather", [try weight("\(name).position_embeddings.weight"), try positions(ids)],
      name: "\(name).position_embeddings")
    let sum = try add("Add", [typed, places], name: "\(name).placed")
    var states = try drop(try norm(sum, "\(name).LayerNorm"), name: name)
    let scores = try maskScores(mask)
    for layer in 0..<shape.depth {
      states = try addLayer(states, scores, "\(prefix)encoder.layer.\(layer)")
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

  /// What is added to scores: 0 where a token takes part, and the least number where it is padding.
  private mutating func maskScores(_ mask: Value) throws(GraphError) -> Value {
    let name = "attention_mask"
    let wide = try add("Unsqueeze", [mask, try builder.constant([1, 2])], name: "\(name).wide")
    let kept = try add("Cast", [wide], ["to": .int(1)], name: "\(name).float")
    let padding = try add("Sub", [try builder.constant(1), kept], name: "\(name).padding")
    let least = try builder.constant(-Float.greatestFiniteMagnitude)
    return try add("Mul", [padding, least], name: "\(name).scores")
  }

  private mutating func addLayer(
    _ states: Value, _ scores: Value, _ name: String
  ) throws(GraphError) -> Value {
    let normed = try norm(states, "\(name).attention.LayerNorm")
    var inputs: [Value] = []
    for part in ["query", "key", "value"] {
      inputs.append(try linear(normed, "\(name).attention.self.\(part)"))
    }
    let context = try attend(inputs + [scores], name: "\(name).attention.context")
    let attended = try linear(context, "\(name).attention.output.dense")
    let middle = try add(
      "Add", [try drop(attended, name: "\(name).attention"), states], name: "\(name).attention.sum")
    let wide = try linear(
      try norm(middle, "\(name).intermediate.LayerNorm"), "\(name).intermediate.dense")
    let bent = try add("Gelu", [wide], name: "\(name).intermediate.gelu")
    let narrow = try linear(bent, "\(name).output.dense")
    return try add(
      "Add", [try drop(narrow, name: "\(name).output"), middle], name: "\(name).output.sum")
  }

  private mutating func attend(_ inputs: [Value], name: String) throws(GraphError) -> Value {
    let heads = Attribute.int(shape.headCount)
    guard dropoutRatio > 0 else {
      return try add(
        "Attention", inputs, ["q_num_heads": heads, "kv_num_heads": heads], name: name)
    }
    let (seed, stream) = try nextStream()
    return try builder.add(
      AttentionTraining.name, domain: AttentionTraining.domain, inputs + [seed],
      ["heads": heads, "ratio": .float(dropoutRatio), "stream": .int(stream)], name: name)
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
    try finish(logits, labels: Dimension(named: "predicted"))
  }

  private mutating func classify(_ states: Value) throws(GraphError) {
    let place = try builder.constant(Tensor([Int64(0)], shape: .scalar))
    let first = try add("Gather", [states, place], ["axis": .int(1)], name: "classifier.first")
    let dense = try linear(try drop(first, name: "classifier.first"), "classifier.dense")
    let bent = try add("Tanh", [dense], name: "classifier.tanh")
    let logits = try linear(try drop(bent, name: "classifier.tanh"), "classifier.out_proj")
    try finish(logits, labels: Dimension(named: "batch"))
  }

  /// Makes the outputs, and the loss where there is one.
  private mutating func finish(_ logits: Value, labels: Dimension) throws(GraphError) {
    guard purpose != .use else { return try builder.output(logits, name: "logits") }
    let labels = try builder.input("labels", ValueType(.i64, [labels]))
    var smoothing: Float = 0
    if case .training(_, let labelSmoothing) = purpose { smoothing = labelSmoothing }
    let loss = try builder.add(
      CrossEntropy.name, domain: CrossEntropy.domain, [logits, labels],
      ["label_smoothing": .float(smoothing)], name: "loss")
    try builder.output(loss)
    if purpose == .measuring { try builder.output(logits, name: "logits") }
  }
}
