import TLCCore
import TLCModel

/// A graph of Transformer layers while it is built: what all models have.
struct ModelBuilder {
  typealias Value = GraphBuilder.Value

  let model: EncoderModel
  let purpose: EncoderModel.Purpose
  var builder = GraphBuilder(registry: TrainingOperators.registry)
  private var seed: Value?
  private var dropoutRatio: Float = 0
  private var streamCount = 0
  private var turned: [String: Value] = [:]
  private let lengths: [String: [Int]]

  init(_ model: EncoderModel, _ purpose: EncoderModel.Purpose) {
    self.model = model
    self.purpose = purpose
    switch purpose {
    case .training(let dropout, _), .distilling(let dropout, _, _, _): dropoutRatio = dropout
    case .use, .measuring: break
    }
    lengths = Dictionary(uniqueKeysWithValues: model.weights.map { ($0.name, $0.lengths) })
  }

  var shape: EncoderShape { model.shape }

  mutating func weight(_ name: String) throws(GraphError) -> Value {
    try builder.tensor(name, ValueType(.f32, (lengths[name] ?? []).map { Dimension($0) }))
  }

  mutating func add(
    _ operation: String, _ inputs: [Value], _ attributes: [String: Attribute] = [:], name: String
  ) throws(GraphError) -> Value {
    try builder.add(operation, inputs, attributes, name: name)
  }

  mutating func linear(_ x: Value, _ name: String) throws(GraphError) -> Value {
    let product = try multiply(x, byRowsOf: "\(name).weight", name: "\(name).product")
    return try add("Add", [product, try weight("\(name).bias")], name: name)
  }

  /// The product with the transpose of a matrix, which is made once.
  mutating func multiply(
    _ x: Value, byRowsOf matrix: String, name: String
  ) throws(GraphError) -> Value {
    if turned[matrix] == nil {
      turned[matrix] = try add(
        "Transpose", [try weight(matrix)], ["perm": .ints([1, 0])], name: "\(matrix).transposed")
    }
    return try add("MatMul", [x, turned[matrix] ?? x], name: name)
  }

  mutating func norm(_ x: Value, _ name: String) throws(GraphError) -> Value {
    try add(
      "LayerNormalization", [x, try weight("\(name).weight"), try weight("\(name).bias")],
      ["epsilon": .float(shape.epsilon)], name: name)
  }

  /// A seed that all dropouts share, each with a stream of its own.
  mutating func drop(_ x: Value, name: String) throws(GraphError) -> Value {
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

  /// What is added to scores: 0 where a token takes part, and the least number where it is padding.
  mutating func maskScores(_ mask: Value) throws(GraphError) -> Value {
    let name = "attention_mask"
    let wide = try add("Unsqueeze", [mask, try builder.constant([1, 2])], name: "\(name).wide")
    let kept = try add("Cast", [wide], ["to": .int(1)], name: "\(name).float")
    let padding = try add("Sub", [try builder.constant(1), kept], name: "\(name).padding")
    let least = try builder.constant(-Float.greatestFiniteMagnitude)
    return try add("Mul", [padding, least], name: "\(name).scores")
  }

  /// A layer of an encoder: each token takes from all, and then for itself.
  mutating func addLayer(
    _ states: Value, _ scores: Value, _ attention: AttentionNames, _ feedForward: FeedForwardNames
  ) throws(GraphError) -> Value {
    try addFeedForward(try addAttention(states, attention, scores: scores), feedForward)
  }

  /// Adds what an attention gives to states.
  ///
  /// - Parameters:
  ///   - source: what keys and values are made of; `nil` for the states themselves.
  ///   - scores: what is added to scores; `nil` where tokens take from themselves and those before
  ///     them.
  mutating func addAttention(
    _ states: Value, _ names: AttentionNames, from source: Value? = nil, scores: Value?
  ) throws(GraphError) -> Value {
    let normed = try norm(states, names.norm)
    let inputs = [
      try linear(normed, names.query), try linear(source ?? normed, names.key),
      try linear(source ?? normed, names.value),
    ]
    let context = try attend(inputs, scores: scores, name: "\(names.block).context")
    let attended = try drop(try linear(context, names.output), name: names.block)
    return try add("Add", [attended, states], name: "\(names.block).sum")
  }

  /// Adds what the two matrices behind an attention give.
  mutating func addFeedForward(
    _ states: Value, _ names: FeedForwardNames
  ) throws(GraphError) -> Value {
    let wide = try linear(try norm(states, names.norm), names.inner)
    let bent = try add("Gelu", [wide], name: "\(names.inner).gelu")
    let narrow = try drop(try linear(bent, names.outer), name: names.outer)
    return try add("Add", [narrow, states], name: "\(names.outer).sum")
  }

  private mutating func attend(
    _ inputs: [Value], scores: Value?, name: String
  ) throws(GraphError) -> Value {
    let heads = Attribute.int(shape.headCount)
    var attributes: [String: Attribute] = scores == nil ? ["is_causal": .int(1)] : [:]
    let inputs = inputs + [scores].compactMap { $0 }
    guard dropoutRatio > 0 else {
      attributes["q_num_heads"] = heads
      attributes["kv_num_heads"] = heads
      return try add("Attention", inputs, attributes, name: name)
    }
    let (seed, stream) = try nextStream()
    attributes["heads"] = heads
    attributes["ratio"] = .float(dropoutRatio)
    attributes["stream"] = .int(stream)
    let given = inputs.map { Optional($0) } + (scores == nil ? [nil] : []) + [seed]
    return try builder.node(
      AttentionTraining.name, domain: AttentionTraining.domain, given, attributes, name: name)[0]
  }

  /// Makes the outputs, and the loss where there is one.
  mutating func finish(_ logits: Value) throws(GraphError) {
    guard purpose != .use else { return try builder.output(logits, name: "logits") }
    let type = builder.type(of: logits)
    let given = try builder.input("labels", ValueType(.i64, Array(type.dimensions.dropLast())))
    guard case .distilling(_, let smoothing, let share, let temperature) = purpose else {
      var smoothing: Float = 0
      if case .training(_, let labelSmoothing) = purpose { smoothing = labelSmoothing }
      try builder.output(try crossEntropy(logits, given, smoothing, name: "loss"))
      if purpose == .measuring { try builder.output(logits, name: "logits") }
      return
    }
    let teacher = try builder.input("teacher", type)
    let divergence = try builder.add(
      Distillation.name, domain: Distillation.domain, [logits, teacher, given],
      ["temperature": .float(temperature)], name: "loss.divergence")
    let parts = [
      (try crossEntropy(logits, given, smoothing, name: "loss.entropy"), 1 - share, "labels"),
      (divergence, share, "teacher"),
    ]
    var weighted: [Value] = []
    for (part, factor, name) in parts {
      let factor = try builder.constant(Tensor([factor], shape: .scalar))
      weighted.append(try add("Mul", [part, factor], name: "loss.\(name)"))
    }
    try builder.output(try add("Add", weighted, name: "loss"))
  }

  private mutating func crossEntropy(
    _ logits: Value, _ labels: Value, _ smoothing: Float, name: String
  ) throws(GraphError) -> Value {
    try builder.add(
      CrossEntropy.name, domain: CrossEntropy.domain, [logits, labels],
      ["label_smoothing": .float(smoothing)], name: name)
  }
}
