public import TLCCore
internal import TLCKernels

/// A graph that has a meaning: every node's operator is known, and every value's type.
public struct TypedGraph: Sendable {
  public let graph: Graph
  /// A node's operator each, in order.
  public let operators: [any Operator]
  /// The type of each value.
  public let types: [String: ValueType]
  /// The elements of small values that do not depend on a run's inputs.
  public let constants: [String: Tensor]

  /// Values of more elements are not computed before a run.
  private static let largestFoldedCount = 1 << 16

  /// Checks a graph and infers the types of its values.
  ///
  /// - Parameters:
  ///   - registry: the operators that there are.
  ///   - tensor: the type of a tensor of the checkpoint; `nil` where there is none of the name.
  /// - Throws: ``GraphError`` for the first node or value that is wrong.
  public init(
    _ graph: Graph, registry: OperatorRegistry = .standard,
    tensor: (String) -> ValueType?
  ) throws(GraphError) {
    var operators: [any Operator] = []
    for node in graph.nodes { operators.append(try registry.make(node)) }
    var types: [String: ValueType] = [:]
    for initializer in graph.initializers {
      guard let type = tensor(initializer.tensor) else {
        throw .value(initializer.value, "there is no tensor \"\(initializer.tensor)\"")
      }
      try types.define(initializer.value, type)
    }
    try self.init(graph, operators: operators, initializers: types)
  }

  /// The same graph for inputs of these shapes.
  ///
  /// - Throws: ``GraphError`` where a shape does not fit its input, or a node then does not work.
  public func specialized(to shapes: [String: Shape]) throws(GraphError) -> TypedGraph {
    var lengths: [String: Int] = [:]
    var graph = graph
    for (index, input) in graph.inputs.enumerated() {
      guard let shape = shapes[input.name] else {
        throw .value(input.name, "it is an input, and nothing is given for it")
      }
      guard shape.rank == input.type.rank else {
        throw .value(input.name, "it is \(input.type), and \(shape) has another rank")
      }
      for (dimension, length) in zip(input.type.dimensions, shape.dimensions) {
        if let name = dimension.names.first, lengths[name] == nil, dimension.factor == 1,
          dimension.names.count == 1
        {
          lengths[name] = length
        }
        guard dimension.length(where: lengths) == length else {
          throw .value(
            input.name, "it is \(input.type), and \(shape) does not fit where \(lengths.listed)")
        }
      }
      graph.inputs[index].type = ValueType(input.type.dtype, shape)
    }
    var initializers: [String: ValueType] = [:]
    for initializer in graph.initializers {
      initializers[initializer.value] = types[initializer.value]
    }
    return try TypedGraph(graph, operators: operators, initializers: initializers)
  }

  private init(
    _ graph: Graph, operators: [any Operator], initializers: [String: ValueType]
  ) throws(GraphError) {
    var types = initializers
    var constants: [String: Tensor] = [:]
    for input in graph.inputs { try types.define(input.name, input.type) }
    for constant in graph.constants {
      try types.define(constant.name, ValueType(constant.tensor.dtype, constant.tensor.shape))
      constants[constant.name] = constant.tensor
    }
    for (node, operation) in zip(graph.nodes, operators) {
      do throws(OperatorError) {
        let inputs = try Self.inputs(of: node, types, constants)
        let outputs = try operation.infer(inputs, outputCount: node.outputs.count)
        guard outputs.count >= node.outputs.count else {
          throw OperatorError("it gives \(outputs.count) outputs, not \(node.outputs.count)")
        }
        let folded = try operation.fold(inputs, outputs)
        for (place, name) in node.outputs.enumerated() where !name.isEmpty {
          try outputs[place].requireShape()
          guard types[name] == nil else { throw OperatorError("\"\(name)\" is given twice") }
          types[name] = outputs[place]
          if let folded, place < folded.count { constants[name] = folded[place] }
        }
      } catch {
        throw .node(node.name, operation: node.operation, error.description)
      }
    }
    for output in graph.outputs where types[output] == nil {
      throw .value(output, "it is an output, and nothing gives it")
    }
    self.graph = graph
    self.operators = operators
    self.types = types
    self.constants = constants
  }

  private static func inputs(
    of node: Node, _ types: [String: ValueType], _ constants: [String: Tensor]
  ) throws(OperatorError) -> OperatorInputs {
    var inputs: [OperatorInputs.Input?] = []
    for name in node.inputs {
      guard !name.isEmpty else {
        inputs.append(nil)
        continue
      }
      guard let type = types[name] else {
        throw OperatorError("nothing before it gives its input \"\(name)\"")
      }
      inputs.append(.init(type: type, constant: constants[name]))
    }
    let outputs = node.outputs
    return OperatorInputs(inputs) { output, axis in
      "\(outputs.indices.contains(output) ? outputs[output] : node.name).\(axis)"
    }
  }

  static func isSmall(_ type: ValueType) -> Bool {
    type.shape.map { $0.count <= largestFoldedCount } ?? false
  }
}

extension Operator {
  /// The outputs, where they can be computed before a run: from inputs that are all known, or, for
  /// operators that say so, from their shapes.
  func fold(
    _ inputs: OperatorInputs, _ outputs: [ValueType]
  ) throws(OperatorError) -> [Tensor]? {
    if let shapeOperator = self as? any ShapeOperator {
      return shapeOperator.fold(inputs).map { [$0] }
    }
    var views: [TensorView?] = []
    for index in 0..<inputs.count {
      guard let input = inputs.optional(index) else {
        views.append(nil)
        continue
      }
      guard let constant = input.constant else { return nil }
      views.append(TensorView(constant))
    }
    guard !outputs.isEmpty, outputs.allSatisfy({ TypedGraph.isSmall($0) }) else { return nil }
    let results = outputs.compactMap { type in
      type.shape.map { TensorView(zeros: type.dtype, $0) }
    }
    try evaluate(views, into: results, EvaluationContext())
    return results.map { $0.tensor() }
  }
}

/// An operator whose output depends on its input's shape alone.
protocol ShapeOperator: Operator {
  /// The output, where the shape is known.
  func fold(_ inputs: OperatorInputs) -> Tensor?
}

extension OperatorRegistry {
  /// The operator of a node, with its attributes.
  func make(_ node: Node) throws(GraphError) -> any Operator {
    guard let type = self[node.domain, node.operation] else {
      throw .node(
        node.name, operation: node.operation,
        "there is no such operator" + (node.domain.isEmpty ? "" : " in domain \"\(node.domain)\""))
    }
    do throws(OperatorError) {
      guard type.inputCounts.contains(node.inputs.count) else {
        throw OperatorError("it has \(node.inputs.count) inputs, not \(type.inputCounts.listed)")
      }
      guard type.outputCounts.contains(node.outputs.count) else {
        throw OperatorError("it has \(node.outputs.count) outputs, not \(type.outputCounts.listed)")
      }
      var attributes = Attributes(node.attributes)
      let operation = try type.init(&attributes)
      try attributes.finish()
      return operation
    } catch {
      throw .node(node.name, operation: node.operation, error.description)
    }
  }
}

extension ValueType {
  /// Requires a rank and a number of elements that a tensor can have.
  fileprivate func requireShape() throws(OperatorError) {
    let lengths = dimensions.compactMap { $0.length }
    guard rank <= Shape.maximumRank, Shape(lengths) != nil else {
      throw OperatorError("an output would be \(self), which is too large for a tensor")
    }
  }
}

extension [String: ValueType] {
  fileprivate mutating func define(_ name: String, _ type: ValueType) throws(GraphError) {
    guard self[name] == nil else { throw .value(name, "it is given twice") }
    self[name] = type
  }
}

extension [String: Int] {
  fileprivate var listed: String {
    sorted { $0.key.precedesInUTF8($1.key) }.map { "\($0.key) is \($0.value)" }
      .joined(separator: ", ")
  }
}

extension ClosedRange<Int> {
  fileprivate var listed: String {
    lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)"
  }
}
