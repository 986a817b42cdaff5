import TLCModel

/// A graph that writes token by token, cut in two: what depends on the source alone, and a step, which
/// is given a token of each row and the keys and values of those before it.
struct DecoderSplit {
  // Values whose names have a meaning: `formats/training.md`.
  static let ids = "decoder_input_ids"
  static let positions = "decoder_position_ids"
  static let logits = "logits"

  let encoder: Program
  let step: Program
  /// The values that the encoder gives, or is given, and each step takes.
  let shared: [String]
  /// What a step takes, and gives with a token more: keys and values of attentions.
  let kept: [(past: Graph.Input, present: String)]

  /// Operators that take each token for itself, whatever their inputs.
  private static let tokenwise: Set<String> = [
    "Add", "Cast", "CodeLookUp", "Div", "Gelu", "Linear", "LinearChain", "Mul", "Relu", "Sigmoid",
    "Sub", "Tanh",
  ]

  /// - Throws: `GraphError` where the graph does not write, or a token may see those behind it.
  init(_ program: Program) throws(GraphError) {
    guard let ids = program.inputs.first(where: { $0.name == Self.ids }), ids.type.rank == 2 else {
      throw .value(Self.ids, "it is no input of two axes, as a graph that writes has")
    }
    guard program.outputs.contains(Self.logits), program.types[Self.positions] == ids.type else {
      throw .value(
        Self.logits,
        "it is no output, or \"\(Self.positions)\" no value, as a graph that writes has")
    }
    let places = Graph.Input(name: Self.positions, type: ids.type)
    // Steps are told the places of their tokens, which the whole graph counts.
    let whole = program.part(from: program.inputs + [places], to: [Self.logits])
    var written: Set<String> = [Self.ids, Self.positions]
    var shared: [String] = []
    var kept: [String: (past: [Graph.Input], present: [String])] = [:]
    var order: [String] = []
    for node in whole.nodes where node.inputs.contains(where: { written.contains($0) }) {
      for name in node.inputs
      where !name.isEmpty && !written.contains(name) && whole.fixed[name] == nil
        && !shared.contains(name)
      { shared.append(name) }
      if node.operation == "Attention" {
        if let own = try Self.keeping(node, written, whole.types) {
          kept[node.name] = own
          order.append(node.name)
        }
      } else if !Self.isTokenwise(node, written) {
        throw .node(
          node.name, operation: node.operation,
          "it is none that takes each token for itself, so that no text is written with it")
      }
      written.formUnion(node.outputs)
    }
    self.shared = shared
    self.kept = order.flatMap { name in
      kept[name].map { Array(zip($0.past, $0.present)) } ?? []
    }.map { (past: $0.0, present: $0.1) }
    let source = program.inputs.filter { $0.name != Self.ids }
    encoder = whole.part(
      from: source, to: shared.filter { name in !source.contains { $0.name == name } })
    let given = shared.compactMap { name in
      whole.types[name].map { Graph.Input(name: name, type: $0) }
    }
    step = whole.part(
      from: [ids, places] + given + self.kept.map { $0.past },
      to: [Self.logits] + self.kept.map { $0.present }
    ) { node in
      guard let own = kept[node.name] else { return node }
      var node = node
      node.inputs += [""] + own.past.map { $0.name }
      node.outputs += own.present
      return node
    }
  }

  /// Whether an operator takes each token for itself.
  private static func isTokenwise(_ node: Node, _ written: Set<String>) -> Bool {
    switch node.operation {
    case "Gather": !written.contains(node.inputs[0])
    case "MatMul", "Gemm": !written.contains(node.inputs[1])
    case "LayerNormalization": node.attributes["axis"].map { $0 == .int(-1) } ?? true
    default: tokenwise.contains(node.operation)
    }
  }

  /// What an attention of tokens that are written keeps; `nil` where it looks at the source.
  private static func keeping(
    _ node: Node, _ written: Set<String>, _ types: [String: ValueType]
  ) throws(GraphError) -> (past: [Graph.Input], present: [String])? {
    let isWritten = node.inputs.map { written.contains($0) }
    guard isWritten[1] || isWritten[2] else {
      if node.inputs.count <= 4, !isWritten.dropFirst().contains(true) { return nil }
      throw .node(
        node.name, operation: node.operation, "what it looks at depends on what is written")
    }
    guard node.attributes["is_causal"] == .int(1), node.inputs.count == 3, isWritten[0],
      isWritten[1], isWritten[2], node.outputs.count == 1,
      case .int(let heads) = node.attributes["kv_num_heads"]
    else {
      throw .node(
        node.name, operation: node.operation,
        "a token may see those behind it, or a mask says which")
    }
    var (past, present) = ([Graph.Input](), [String]())
    for (place, part) in [(1, "key"), (2, "value")] {
      guard let type = types[node.inputs[place]], let width = type.dimensions.last?.length else {
        throw .value(node.inputs[place], "its heads have no known length")
      }
      past.append(
        Graph.Input(
          name: "\(node.name)#past.\(part)",
          type: ValueType(
            type.dtype,
            [
              type.dimensions[0], Dimension(heads), Dimension(named: "\(node.name)#past"),
              Dimension(width / heads),
            ])))
      present.append("\(node.name)#present.\(part)")
    }
    return (past, present)
  }
}
