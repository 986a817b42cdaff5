import TLC

extension Graph {
  /// A line for people: `62 nodes, input_ids i64 [batch, sequence] → last_hidden_state`.
  var summary: String {
    let inputs = inputs.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    return "\(nodes.count) nodes, \(inputs) → \(outputs.joined(separator: ", "))"
  }
}

/// A graph, for `--json`.
struct GraphJSON: Encodable {
  struct Input: Encodable {
    var name: String
    var dtype: String
    var shape: [String]
  }

  var nodes: Int
  var inputs: [Input]
  var outputs: [String]

  init(_ graph: Graph) {
    nodes = graph.nodes.count
    inputs = graph.inputs.map {
      Input(
        name: $0.name, dtype: $0.type.dtype.rawValue,
        shape: $0.type.dimensions.map { "\($0)" })
    }
    outputs = graph.outputs
  }
}
