import TLCCore
public import TLCModel

/// A drawing of a graph: inputs at the top, each node below what it uses; weights, and what is made of
/// weights alone, are listed in the nodes that use them.
public struct GraphDrawing {
  struct Box {
    enum Kind {
      case input, node, output
    }

    var title: String
    /// The type of the value that it stands for.
    var type: String
    var lines: [String]
    var kind: Kind
    var row = 0
    var column = 0
  }
  struct Edge {
    var from: Int
    var to: Int
    var label: String
  }

  private(set) var boxes: [Box] = []
  private(set) var edges: [Edge] = []

  /// Lays a graph out.
  public init(_ typed: TypedGraph) {
    let graph = typed.graph
    func type(_ value: String?) -> String {
      value.flatMap { typed.types[$0] }.map { "\($0)" } ?? ""
    }
    var fixed: [String: FixedValue] = [:]
    for initializer in graph.initializers {
      fixed[initializer.value] = FixedValue(sources: [initializer.tensor])
    }
    var givers: [String: Int] = [:]
    for input in graph.inputs {
      givers[input.name] = boxes.count
      boxes.append(Box(title: input.name, type: type(input.name), lines: [], kind: .input))
    }
    for node in graph.nodes {
      // Constants, as axes and shapes are, are not shown.
      let inputs = node.inputs.filter { !$0.isEmpty && typed.constants[$0] == nil }
      if inputs.allSatisfy({ fixed[$0] != nil }) {
        let made = FixedValue(inputs.compactMap { fixed[$0] }, by: node.operation)
        for output in node.outputs where !output.isEmpty { fixed[output] = made }
        continue
      }
      let place = boxes.count
      var box = Box(
        title: node.operation, type: type(node.outputs.first), lines: [node.name], kind: .node)
      for input in inputs {
        if let value = fixed[input] {
          box.lines.append("\(value.text) \(type(input))")
        } else if let giver = givers[input] {
          edges.append(Edge(from: giver, to: place, label: type(input)))
        }
      }
      boxes.append(box)
      for output in node.outputs where !output.isEmpty { givers[output] = place }
    }
    for output in graph.outputs {
      if let giver = givers[output] {
        edges.append(Edge(from: giver, to: boxes.count, label: type(output)))
      }
      let lines = fixed[output].map { [$0.text] } ?? []
      boxes.append(Box(title: output, type: type(output), lines: lines, kind: .output))
    }
    placeRows()
    placeColumns()
  }

  /// A box is below all that it uses, and no higher than just above the first that uses it.
  private mutating func placeRows() {
    for edge in edges {
      boxes[edge.to].row = max(boxes[edge.to].row, boxes[edge.from].row + 1)
    }
    var limits = Array(repeating: Int.max, count: boxes.count)
    for edge in edges.reversed() {
      // All edges from `edge.to` have been seen: they come behind those to it.
      let user = boxes[edge.to]
      let row =
        user.kind == .node && limits[edge.to] < Int.max ? max(user.row, limits[edge.to]) : user.row
      limits[edge.from] = min(limits[edge.from], row - 1)
    }
    for place in boxes.indices where boxes[place].kind == .node && limits[place] < Int.max {
      boxes[place].row = max(boxes[place].row, limits[place])
    }
  }

  /// A box stands below what it uses where that place is free, or right of all others of its row.
  private mutating func placeColumns() {
    var above = Array(repeating: 0, count: boxes.count)
    for edge in edges.reversed() { above[edge.to] = edge.from }
    var next: [Int: Int] = [:]
    for place in boxes.indices {
      let row = boxes[place].row
      let wanted = boxes[place].kind == .input ? 0 : boxes[above[place]].column
      boxes[place].column = max(wanted, next[row, default: 0])
      next[row] = boxes[place].column + 1
    }
  }
}

/// What no run changes: tensors of the checkpoint, and the operators that they went through.
private struct FixedValue {
  private var sources: [String]
  private var operations: [String] = []

  /// More are not told.
  private static let most = 4

  init(sources: [String]) { self.sources = sources }

  init(_ values: [FixedValue], by operation: String) {
    sources = []
    for source in values.flatMap({ $0.sources }) where !sources.contains(source) {
      sources.append(source)
    }
    for operation in values.flatMap({ $0.operations }) + [operation]
    where !operations.contains(operation) {
      operations.append(operation)
    }
    sources = Self.held(sources)
    operations = Self.held(operations)
  }

  private static func held(_ names: [String]) -> [String] {
    names.count <= most ? names : Array(names.prefix(most - 1)) + ["…"]
  }

  var text: String {
    sources.isEmpty
      ? operations.joined(separator: " ")
      : ([sources.joined(separator: ", ")] + operations).joined(separator: " → ")
  }
}
