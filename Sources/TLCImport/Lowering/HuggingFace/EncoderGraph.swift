internal import TLCCore
internal import TLCModel

/// A graph of an encoder of transformers while it is built: its inputs, its weights by PyTorch's
/// names, and the layers that all families share.
struct EncoderGraph {
  typealias Value = GraphBuilder.Value

  let fields: ConfigurationFields
  let tensors: CheckpointTensors
  /// What stands before the names of the encoder's tensors: `bert.`, or nothing.
  let prefix: String
  private(set) var builder = GraphBuilder()
  /// The ids of tokens, `i64` [batch, sequence].
  let ids: Value
  /// 1 where a token takes part and 0 where it is padding, `i64` [batch, sequence].
  let mask: Value
  /// `pooler_output`, once it is there.
  private var pooled: Value?
  /// Matrices that are transposed already, by the tensor's name.
  private var transposed: [String: Value] = [:]
  /// Tensors of other types that are `f32` already, by name.
  private var floats: [String: Value] = [:]

  init(
    _ fields: ConfigurationFields, _ tensors: CheckpointTensors, prefix: String
  ) throws(LoweringError) {
    self.fields = fields
    self.tensors = tensors
    self.prefix = prefix
    var builder = GraphBuilder()
    do throws(GraphError) {
      ids = try builder.input("input_ids", Self.tokens)
      mask = try builder.input("attention_mask", Self.tokens)
    } catch { throw .graph(layer: "inputs", error) }
    self.builder = builder
  }

  private static let tokens = ValueType(
    .i64, [Dimension(named: "batch"), Dimension(named: "sequence")])

  /// The graph so far.
  var graph: Graph { builder.graph }

  /// Adds an input of an integer a token.
  mutating func tokenInput(_ name: String) throws(LoweringError) -> Value {
    do throws(GraphError) {
      return try builder.input(name, Self.tokens)
    } catch { throw .graph(layer: name, error) }
  }

  /// Adds a node of one output.
  mutating func add(
    _ operation: String, _ inputs: [Value?], _ attributes: [String: Attribute] = [:], name: String
  ) throws(LoweringError) -> Value {
    do throws(GraphError) {
      return try builder.add(operation, inputs, attributes, name: name)
    } catch { throw .graph(layer: name, error) }
  }

  /// A number.
  mutating func number(_ number: Float) throws(LoweringError) -> Value {
    try constant(Tensor([number], shape: .scalar))
  }

  /// An integer.
  mutating func integer(_ number: Int) throws(LoweringError) -> Value {
    try constant(Tensor([Int64(number)], shape: .scalar))
  }

  /// A list of integers.
  mutating func integers(_ numbers: [Int]) throws(LoweringError) -> Value {
    do throws(GraphError) {
      return try builder.constant(numbers)
    } catch { throw .graph(layer: "constants", error) }
  }

  private mutating func constant(_ tensor: Tensor) throws(LoweringError) -> Value {
    do throws(GraphError) {
      return try builder.constant(tensor)
    } catch { throw .graph(layer: "constants", error) }
  }

  /// Makes a value an output of the graph.
  mutating func output(_ value: Value, name: String) throws(LoweringError) {
    do throws(GraphError) {
      try builder.output(value, name: name)
    } catch { throw .graph(layer: name, error) }
  }

  /// The weight that the first of these names has which there is, as `f32`.
  ///
  /// - Throws: ``LoweringError`` that names it, where it is missing or of another shape.
  mutating func weight(_ names: String..., shape: [Int]) throws(LoweringError) -> Value {
    try weight(try tensors.require(names, shape: shape))
  }

  /// A tensor of the checkpoint, as `f32`.
  mutating func weight(_ tensor: ImportedTensor) throws(LoweringError) -> Value {
    do throws(GraphError) {
      if let value = floats[tensor.name] { return value }
      let value = try builder.tensor(tensor.name, ValueType(tensor.dtype, tensor.shape))
      guard tensor.dtype != .f32 else { return value }
      let float = try builder.add("Cast", [value], ["to": .int(1)], name: "\(tensor.name).float")
      floats[tensor.name] = float
      return float
    } catch { throw .graph(layer: tensor.name, error) }
  }

  /// x · Wᵀ + b, with the weights of a layer: [outer, inner] and [outer].
  mutating func linear(
    _ value: Value, _ layer: String, inner: Int, outer: Int, name: String? = nil
  ) throws(LoweringError) -> Value {
    let product = try multiply(
      value, by: try tensors.require(["\(layer).weight"], shape: [outer, inner]), name: layer)
    let bias = try weight("\(layer).bias", shape: [outer])
    return try add("Add", [product, bias], name: name ?? layer)
  }

  /// x · Wᵀ.
  mutating func multiply(
    _ value: Value, by matrix: ImportedTensor, name: String
  ) throws(LoweringError) -> Value {
    let turned: Value
    if let known = transposed[matrix.name] {
      turned = known
    } else {
      turned = try add(
        "Transpose", [try weight(matrix)], ["perm": .ints([1, 0])],
        name: "\(matrix.name).transposed")
      transposed[matrix.name] = turned
    }
    return try add("MatMul", [value, turned], name: "\(name).product")
  }

  /// Normalizes rows of a width with the factors of a layer, which old checkpoints call `gamma` and
  /// `beta`.
  mutating func normalize(
    _ value: Value, _ layer: String, width: Int, epsilon: Float, name: String? = nil
  ) throws(LoweringError) -> Value {
    let scale = try weight("\(layer).weight", "\(layer).gamma", shape: [width])
    let bias = try weight("\(layer).bias", "\(layer).beta", shape: [width])
    return try add(
      "LayerNormalization", [value, scale, bias],
      ["axis": .int(-1), "epsilon": .float(epsilon)], name: name ?? layer)
  }

  /// What a layer makes of the first token, and tanh of that; the same value each time.
  mutating func poolerOutput(_ tokens: EncodedTokens) throws(LoweringError) -> Value {
    if let pooled { return pooled }
    guard let layer = tokens.pooler else {
      throw fields.malformed("a model of its kind has no pooler")
    }
    let dense = try linear(
      try firstToken(tokens), layer, inner: tokens.width, outer: tokens.width)
    let output = try activate(dense, .tanh, name: "pooler_output")
    pooled = output
    return output
  }

  /// The state of the first token, [batch, width].
  mutating func firstToken(_ tokens: EncodedTokens) throws(LoweringError) -> Value {
    try add(
      "Gather", [tokens.states, try integer(0)], ["axis": .int(1)], name: "first_token")
  }
}

/// What an encoder makes of tokens.
struct EncodedTokens {
  /// `last_hidden_state`, `f32` [batch, sequence, width].
  let states: GraphBuilder.Value
  let width: Int
  /// The name of the layer that makes `pooler_output`; `nil` where the family has none.
  let pooler: String?
}
