internal import TLCCore
internal import TLCModel

/// Builds the graph of a model, layer by layer.
///
/// Keras has channels last and ONNX first. So that a chain of layers is not transposed back and
/// forth, a transposed value knows what it was made from: a transposition of it starts from there,
/// and an operator that works in any order of axes works there (`KerasBuilder+Axes`).
struct KerasBuilder {
  typealias Value = GraphBuilder.Value

  private var builder = GraphBuilder()
  /// The types of the tensors of the checkpoint.
  private let tensors: [String: ValueType]
  /// The names of the layers around a node, and the type that the innermost computes in.
  struct Scope {
    var path: [String] = []
    var dtype = DType.f32
  }
  private var scope = Scope()
  private var callCount = 0
  /// What a transposed value was made from, and in which order of its axes.
  var origins: [Value: (source: Value, order: [Int])] = [:]

  /// More nodes, or calls of layers, are refused: `formats/graph.md` G8.
  static let greatestCount = 1 << 16
  /// Constants of more bytes are refused: `formats/graph.md` §The object.
  private static let greatestConstant = 1 << 16

  init(tensors: [String: ValueType]) { self.tensors = tensors }

  var graph: Graph { builder.graph }
  var dtype: DType { scope.dtype }
  private var place: String { scope.path.last ?? "model" }

  func malformed(_ what: String) -> LoweringError {
    .malformed(place: "layer \"\(place)\"", what)
  }

  /// Begins a call of a layer; returns what ``leave(_:)`` is given at its end.
  mutating func enter(_ layer: String, _ dtype: DType) throws(LoweringError) -> Scope {
    callCount += 1
    guard callCount <= Self.greatestCount else {
      throw malformed("the model calls layers more than \(Self.greatestCount) times")
    }
    let outer = scope
    scope.path.append(layer)
    scope.dtype = dtype
    return outer
  }

  mutating func leave(_ outer: Scope) { scope = outer }

  func type(_ value: Value) -> ValueType { builder.type(of: value) }

  func rank(_ value: Value) -> Int { builder.type(of: value).rank }

  private func attempt<Result>(
    _ body: () throws(GraphError) -> Result
  ) throws(LoweringError) -> Result {
    do throws(GraphError) { return try body() } catch { throw .graph(layer: place, error) }
  }

  mutating func input(_ name: String, _ type: ValueType) throws(LoweringError) -> Value {
    do throws(GraphError) { return try builder.input(name, type) } catch {
      throw .graph(layer: name, error)
    }
  }

  /// Adds a node of some outputs.
  mutating func nodes(
    _ operation: String, _ inputs: [Value?], _ attributes: [String: Attribute] = [:],
    outputCount: Int
  ) throws(LoweringError) -> [Value] {
    guard builder.graph.nodes.count < Self.greatestCount else {
      throw malformed("the graph would have more than \(Self.greatestCount) nodes")
    }
    let name = (scope.path + [operation]).joined(separator: "/")
    // Names of nodes are short; what is too long is left out at the front.
    let short = name.utf8.count <= 512 ? name : operation
    do throws(GraphError) {
      return try builder.node(
        operation, inputs, attributes, outputCount: outputCount, name: short)
    } catch { throw .graph(layer: place, error) }
  }

  /// Adds a node of one output.
  mutating func add(
    _ operation: String, _ inputs: [Value?], _ attributes: [String: Attribute] = [:]
  ) throws(LoweringError) -> Value {
    try nodes(operation, inputs, attributes, outputCount: 1)[0]
  }

  mutating func constant(_ integers: [Int]) throws(LoweringError) -> Value {
    do throws(GraphError) { return try builder.constant(integers) } catch {
      throw .graph(layer: place, error)
    }
  }

  mutating func constant(_ tensor: Tensor) throws(LoweringError) -> Value {
    guard tensor.bytes.count <= Self.greatestConstant else {
      throw malformed(
        "numbers of its configuration are \(tensor.bytes.count) bytes, more than"
          + " \(Self.greatestConstant)")
    }
    do throws(GraphError) { return try builder.constant(tensor) } catch {
      throw .graph(layer: place, error)
    }
  }

  /// A number of the type of a value's elements.
  mutating func constant(
    _ number: Float, like value: Value
  ) throws(LoweringError) -> Value {
    try constant([number], shape: .scalar, type(value).dtype)
  }

  /// Numbers of an element type.
  mutating func constant(
    _ numbers: [Float], shape: Shape, _ dtype: DType
  ) throws(LoweringError) -> Value {
    let tensor =
      switch dtype {
      case .f64: Tensor(numbers.map { Double($0) }, shape: shape)
      case .f16: Tensor(numbers.map { Float16($0) }, shape: shape)
      case .bf16: Tensor(numbers.map { BFloat16($0) }, shape: shape)
      case .f32: Tensor(numbers, shape: shape)
      case .u8: Tensor(numbers.map { UInt8(clamping: $0.integer) }, shape: shape)
      case .i8: Tensor(numbers.map { Int8(clamping: $0.integer) }, shape: shape)
      case .u16: Tensor(numbers.map { UInt16(clamping: $0.integer) }, shape: shape)
      case .i16: Tensor(numbers.map { Int16(clamping: $0.integer) }, shape: shape)
      case .u32: Tensor(numbers.map { UInt32(clamping: $0.integer) }, shape: shape)
      case .i32: Tensor(numbers.map { Int32(clamping: $0.integer) }, shape: shape)
      case .u64: Tensor(numbers.map { UInt64(clamping: $0.integer) }, shape: shape)
      case .i64: Tensor(numbers.map { $0.integer }, shape: shape)
      case .bool:
        Tensor(dtype: .bool, shape: shape, bytes: numbers.map { $0 == 0 ? 0 : 1 })
      }
    return try constant(tensor)
  }

  /// The value with elements of another type, where it has them not yet.
  mutating func cast(_ value: Value, to dtype: DType) throws(LoweringError) -> Value {
    guard type(value).dtype != dtype else { return value }
    return try anywhere([value]) { builder, values, _ throws(LoweringError) in
      try builder.add("Cast", [values[0]], ["to": .int(dtype.onnx)])
    }
  }

  /// A weight of a layer, in the type that it computes in; integers stay what they are.
  mutating func weight(_ role: String, _ call: KerasCall) throws(LoweringError) -> Value {
    guard let name = call.weights.names[role] else {
      throw call.malformed("the checkpoint has no weight for its \(role)")
    }
    guard let type = tensors[name] else {
      throw call.malformed("its \(role) \"\(name)\" is no tensor of the checkpoint")
    }
    let value: Value
    do throws(GraphError) { value = try builder.tensor(name, type) } catch {
      throw .graph(layer: place, error)
    }
    return type.dtype.isFloatingPoint ? try cast(value, to: dtype) : value
  }

  /// A weight of a rank that must be.
  mutating func weight(
    _ role: String, _ call: KerasCall, rank: Int
  ) throws(LoweringError) -> Value {
    let value = try weight(role, call)
    guard self.rank(value) == rank else {
      throw call.malformed("its \(role) is \(type(value)), not of rank \(rank)")
    }
    return value
  }

  /// The lengths of a weight, all of which are known.
  func lengths(_ value: Value) -> [Int] { type(value).shape?.dimensions ?? [] }
}

extension Float {
  /// The whole part, held to what 64 bits can be.
  fileprivate var integer: Int64 {
    Int64(exactly: rounded(.towardZero)) ?? (self < 0 ? .min : .max)
  }
}

extension DType {
  /// The number that ONNX gives this type.
  var onnx: Int {
    switch self {
    case .f32: 1
    case .u8: 2
    case .i8: 3
    case .u16: 4
    case .i16: 5
    case .i32: 6
    case .i64: 7
    case .bool: 9
    case .f16: 10
    case .f64: 11
    case .u32: 12
    case .u64: 13
    case .bf16: 16
    }
  }
}
