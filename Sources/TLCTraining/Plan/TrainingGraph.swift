import TLCCore
import TLCModel

/// A graph as training computes it: products with their biases in one step, attention with memory
/// that is linear in the tokens, and what gradients need as outputs.
struct TrainingGraph {
  private(set) var graph: Graph
  private let types: [String: ValueType]
  private var producers: [String: Node] = [:]
  private var useCounts: [String: Int] = [:]
  /// Values that are there before any node.
  private let given: Set<String>

  /// - Throws: `GraphError` where an attention is of a kind that has no gradient.
  init(_ typed: TypedGraph) throws(GraphError) {
    graph = typed.graph
    types = typed.types
    given = Set(graph.initializers.map { $0.value } + graph.constants.map { $0.name })
    for node in graph.nodes {
      for name in node.outputs where !name.isEmpty { producers[name] = node }
      for name in node.inputs where !name.isEmpty { useCounts[name, default: 0] += 1 }
    }
    for name in graph.outputs { useCounts[name, default: 0] += 1 }
    var nodes: [Node] = []
    for node in graph.nodes { nodes.append(try rewritten(node)) }
    graph.nodes = Self.living(nodes, outputs: graph.outputs)
  }

  private func rewritten(_ node: Node) throws(GraphError) -> Node {
    guard node.domain.isEmpty || node.domain == TrainingOperators.domain else { return node }
    switch node.operation {
    case "MatMul": return linear(node) ?? node
    case "Gemm": return try gemm(node)
    case "Add": return biased(node) ?? node
    case "Attention" where node.domain.isEmpty: return try attention(node)
    case "LayerNormalization": return filled(node, outputCount: 3)
    case CrossEntropy.name, Distillation.name: return filled(node, outputCount: 2)
    default: return node
    }
  }

  private func filled(_ node: Node, outputCount: Int) -> Node {
    var node = node
    for place in node.outputs.count..<max(node.outputs.count, outputCount) {
      node.outputs.append("\(node.name)#\(place)")
    }
    for place in node.outputs.indices where node.outputs[place].isEmpty {
      node.outputs[place] = "\(node.name)#\(place)"
    }
    return node
  }

  /// A product with one matrix, which may be the transpose of another.
  private func linear(_ node: Node) -> Node? {
    guard node.operation == "MatMul", node.domain.isEmpty, types[node.inputs[1]]?.rank == 2 else {
      return nil
    }
    var attributes: [String: Attribute] = [:]
    var matrix = node.inputs[1]
    if let source = producers[matrix], source.operation == "Transpose", source.domain.isEmpty,
      source.attributes["perm"].map({ $0 == .ints([1, 0]) }) ?? true
    {
      matrix = source.inputs[0]
      attributes["transB"] = .int(1)
    }
    return Node(
      Linear.name, domain: Linear.domain, name: node.name, inputs: [node.inputs[0], matrix],
      outputs: node.outputs, attributes: attributes)
  }

  /// A sum of a product that nothing else uses, and a bias.
  private func biased(_ node: Node) -> Node? {
    for (place, name) in node.inputs.enumerated() {
      let bias = node.inputs[1 - place]
      guard useCounts[name] == 1, let product = producers[name], var linear = linear(product),
        given.contains(bias), let type = types[bias], type.rank == 1,
        types[name]?.dimensions.last == type.dimensions[0]
      else { continue }
      linear.name = node.name
      linear.inputs.append(bias)
      linear.outputs = node.outputs
      return linear
    }
    return nil
  }

  private func gemm(_ node: Node) throws(GraphError) -> Node {
    func number(_ key: String, _ standard: Float) -> Bool {
      node.attributes[key].map { $0 == .float(standard) } ?? true
    }
    let hasBias = node.inputs.count > 2 && !node.inputs[2].isEmpty
    guard number("alpha", 1), !hasBias || number("beta", 1),
      node.attributes["transA"].map({ $0 == .int(0) }) ?? true,
      !hasBias || types[node.inputs[2]]?.rank == 1
    else {
      throw .node(
        node.name, operation: node.operation,
        "its gradient is that of x · W + b with a bias a column, and no factors")
    }
    return Node(
      Linear.name, domain: Linear.domain, name: node.name,
      inputs: hasBias ? node.inputs : Array(node.inputs.prefix(2)), outputs: node.outputs,
      attributes: ["transB": node.attributes["transB"] ?? .int(0)])
  }

  private func attention(_ node: Node) throws(GraphError) -> Node {
    let known: Set<String> = ["q_num_heads", "kv_num_heads", "scale", "is_causal"]
    let heads = node.attributes["q_num_heads"]
    guard types[node.inputs[0]]?.rank == 3, node.inputs.dropFirst(4).allSatisfy({ $0.isEmpty }),
      node.outputs.dropFirst().allSatisfy({ $0.isEmpty }), let heads,
      heads == node.attributes["kv_num_heads"], Set(node.attributes.keys).isSubset(of: known),
      node.inputs.count < 4 || types[node.inputs[3]].map({ $0.dtype == .f32 }) ?? true
    else {
      throw .node(
        node.name, operation: node.operation,
        "its gradient is that of packed heads, as many of keys as of queries, with at most a mask of"
          + " f32")
    }
    var attributes: [String: Attribute] = ["heads": heads]
    for name in ["scale", "is_causal"] { attributes[name] = node.attributes[name] }
    return Node(
      AttentionTraining.name, domain: TrainingOperators.domain, name: node.name,
      inputs: Array(node.inputs.prefix(4)), outputs: [node.outputs[0]], attributes: attributes)
  }

  /// The nodes that something comes of.
  private static func living(_ nodes: [Node], outputs: [String]) -> [Node] {
    var wanted = Set(outputs)
    var living: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: { wanted.contains($0) }) {
      wanted.formUnion(node.inputs)
      living.append(node)
    }
    return living.reversed()
  }
}
