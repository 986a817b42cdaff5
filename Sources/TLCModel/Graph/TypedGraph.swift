public import TLCCore

/// A graph that has a meaning: every node's operator is known, and every value's type.
public struct TypedGraph: Sendable {
  /// The graph itself.
  public let graph: Graph
  /// A node's operator each, in order.
  public private(set) var operators: [any Operator]
  /// The type of each value.
  public let types: [String: ValueType]
  /// The elements of small values that do not depend on a run's inputs.
  public let constants: [String: Tensor]

  /// Checks a graph and infers the types of its values.
  ///
  /// - Parameters:
  ///   - graph: the graph to check.
  ///   - registry: the operators that there are.
  ///   - tensor: the type of a tensor of the checkpoint; `nil` where there is none of the name.
  /// - Throws: ``GraphError`` for the first node or value that is wrong.
  public init(
    _ graph: Graph, registry: OperatorRegistry = .standard,
    tensor: (String) -> ValueType?
  ) throws(GraphError) {
    var operators: [any Operator] = []
    var names: Set<String> = []
    for node in graph.nodes {
      guard names.insert(node.name).inserted else {
        throw .node(node.name, operation: node.operation, "another node has its name")
      }
      operators.append(try registry.make(node))
    }
    var inference = TypeInference()
    var tensors: [String: String] = [:]
    for initializer in graph.initializers {
      // Swift takes strings for equal that have other bytes, and tensors of such names are others.
      if let other = tensors.updateValue(initializer.tensor, forKey: initializer.tensor),
        !other.utf8.elementsEqual(initializer.tensor.utf8)
      {
        throw .value(initializer.value, "another tensor's name is equivalent to its tensor's")
      }
      guard let type = tensor(initializer.tensor) else {
        throw .value(initializer.value, "there is no tensor \"\(initializer.tensor)\"")
      }
      try inference.define(initializer.value, type)
    }
    try self.init(graph, operators: operators, inference)
  }

  /// The same graph for inputs of these shapes.
  ///
  /// - Throws: ``GraphError`` where a shape does not fit its input, or a node then does not work.
  public func specialized(to shapes: [String: Shape]) throws(GraphError) -> TypedGraph {
    var graph = graph
    let types = try graph.inputs.types(for: shapes)
    for (index, type) in types.enumerated() { graph.inputs[index].type = type }
    var inference = TypeInference()
    for initializer in graph.initializers {
      if let type = self.types[initializer.value] { try inference.define(initializer.value, type) }
    }
    let typed = try TypedGraph(graph, operators: operators, inference)
    try RunMemory.require(typed.types.values)
    return typed
  }

  /// The same graph with other operators at some places.
  ///
  /// - Precondition: there are nodes at these places, and the operators infer the same types.
  public func replacing(_ operators: [Int: any Operator]) -> TypedGraph {
    var typed = self
    for (place, operation) in operators { typed.operators[place] = operation }
    return typed
  }

  private init(
    _ graph: Graph, operators: [any Operator], _ initializers: TypeInference
  ) throws(GraphError) {
    var inference = initializers
    for input in graph.inputs { try inference.define(input.name, input.type) }
    for constant in graph.constants {
      let tensor = constant.tensor
      try inference.define(
        constant.name, ValueType(tensor.dtype, tensor.shape), constant: tensor)
    }
    for (node, operation) in zip(graph.nodes, operators) {
      try inference.define(outputsOf: node, operation)
    }
    for output in graph.outputs where inference.types[output] == nil {
      throw .value(output, "it is an output, and nothing gives it")
    }
    self.graph = graph
    self.operators = operators
    types = inference.types
    constants = inference.constants
  }
}
