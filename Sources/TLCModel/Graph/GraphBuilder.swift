public import TLCCore

/// Builds a graph node by node, and knows the type of each value as it goes.
public struct GraphBuilder: Sendable {
  /// A value of the graph that is being built.
  public struct Value: Hashable, Sendable {
    /// Its name in the graph.
    public let name: String
  }

  /// What is built so far.
  public private(set) var graph = Graph()
  private var inference = TypeInference()
  private let registry: OperatorRegistry
  private var nodeNames: Set<String> = []
  private var tensors: [String: Value] = [:]
  private var constants: [Constant: Value] = [:]
  /// The number behind a name that was last tried.
  private var lastNumbers: [String: Int] = [:]

  /// What makes constants equal.
  private struct Constant: Hashable {
    var dtype: DType
    var shape: Shape
    var bytes: [UInt8]
  }

  /// An empty graph of the operators of a registry.
  public init(registry: OperatorRegistry = .standard) { self.registry = registry }

  /// What is known of a value.
  ///
  /// - Precondition: it is a value of this graph.
  public func type(of value: Value) -> ValueType {
    guard let type = inference.types[value.name] else {
      preconditionFailure("\(value.name) is a value of another graph")
    }
    return type
  }

  /// Adds an input.
  ///
  /// - Throws: ``GraphError`` where another value has its name.
  public mutating func input(_ name: String, _ type: ValueType) throws(GraphError) -> Value {
    try inference.define(name, type)
    graph.inputs.append(.init(name: name, type: type))
    return Value(name: name)
  }

  /// The value that is a tensor of the checkpoint; the same one for the same tensor.
  public mutating func tensor(_ name: String, _ type: ValueType) throws(GraphError) -> Value {
    if let value = tensors[name] { return value }
    let value = Value(name: unused(name))
    try inference.define(value.name, type)
    graph.initializers.append(.init(value: value.name, tensor: name))
    tensors[name] = value
    return value
  }

  /// A small tensor in the graph itself; the same value for an equal one.
  public mutating func constant(_ tensor: Tensor) throws(GraphError) -> Value {
    let key = Constant(dtype: tensor.dtype, shape: tensor.shape, bytes: tensor.bytes)
    if let found = constants[key] { return found }
    let value = Value(name: unused("constant_\(constants.count)"))
    try inference.define(
      value.name, ValueType(tensor.dtype, tensor.shape), constant: tensor)
    graph.constants.append(.init(name: value.name, tensor: tensor))
    constants[key] = value
    return value
  }

  /// A list of integers, as shapes and axes are given.
  public mutating func constant(_ integers: [Int]) throws(GraphError) -> Value {
    guard let shape = Shape([integers.count]) else { preconditionFailure("a list has one axis") }
    return try constant(Tensor(integers.map { Int64($0) }, shape: shape))
  }

  /// A number.
  public mutating func constant(_ number: Float) throws(GraphError) -> Value {
    try constant(Tensor([number], shape: .scalar))
  }

  /// Adds a node, and returns its outputs.
  ///
  /// - Parameters:
  ///   - operation: the operator's name.
  ///   - domain: empty for ONNX's own operators, `tlc` for ours.
  ///   - inputs: `nil` for one that is left out.
  ///   - attributes: by name; those left out are the operator's defaults.
  ///   - outputCount: how many outputs the node names.
  ///   - name: of the node and, with a number behind it where there are more, its outputs; another
  ///     number is added where it is taken.
  /// - Throws: ``GraphError`` where there is no such operator, or the inputs or attributes do not fit
  ///   it.
  public mutating func node(
    _ operation: String, domain: String = "", _ inputs: [Value?],
    _ attributes: [String: Attribute] = [:], outputCount: Int = 1, name: String
  ) throws(GraphError) -> [Value] {
    let name = unused(name)
    let outputs = (0..<outputCount).map { place in
      place == 0 ? name : unused("\(name).\(place)")
    }
    let node = Node(
      operation, domain: domain, name: name, inputs: inputs.map { $0?.name ?? "" },
      outputs: outputs, attributes: attributes)
    try inference.define(outputsOf: node, try registry.make(node))
    nodeNames.insert(name)
    graph.nodes.append(node)
    return outputs.map { Value(name: $0) }
  }

  /// Adds a node of one output.
  public mutating func add(
    _ operation: String, domain: String = "", _ inputs: [Value?],
    _ attributes: [String: Attribute] = [:], name: String
  ) throws(GraphError) -> Value {
    try node(operation, domain: domain, inputs, attributes, name: name)[0]
  }

  /// Makes a value an output of the graph, under a name of its own where it has another.
  public mutating func output(_ value: Value, name: String? = nil) throws(GraphError) {
    guard let name, name != value.name else {
      graph.outputs.append(value.name)
      return
    }
    graph.outputs.append(try add("Identity", [value], name: name).name)
  }

  /// The name, or the name with the least number behind it that makes it new.
  private mutating func unused(_ name: String) -> String {
    func isTaken(_ name: String) -> Bool {
      inference.types[name] != nil || nodeNames.contains(name)
    }
    guard isTaken(name) else { return name }
    // Those before it stay taken.
    var number = lastNumbers[name].map { $0 + 1 } ?? 2
    while isTaken("\(name)_\(number)") { number += 1 }
    lastNumbers[name] = number
    return "\(name)_\(number)"
  }
}
