import TLCCore
public import TLCModel

/// A drawing of a graph: inputs at the top, each node below what it uses; weights are listed in the
/// nodes that use them.
public struct GraphDrawing {
  private struct Box {
    var title: String
    var lines: [String]
    var column = 0
    var row = 0
    var kind: Kind
  }
  private enum Kind {
    case input, node, output
  }

  private var boxes: [Box] = []
  private var edges: [(from: Int, to: Int, label: String)] = []

  /// Lays a graph out.
  public init(_ typed: TypedGraph) {
    let graph = typed.graph
    let weights = Dictionary(
      graph.initializers.map { ($0.value, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    var givers: [String: Int] = [:]
    for input in graph.inputs {
      givers[input.name] = boxes.count
      boxes.append(Box(title: input.name, lines: ["\(input.type)"], kind: .input))
    }
    for node in graph.nodes {
      let place = boxes.count
      var lines = [node.name]
      var row = 0
      for input in node.inputs {
        if let tensor = weights[input] {
          lines.append("\(tensor) \(typed.types[input].map { "\($0)" } ?? "")")
        } else if let giver = givers[input] {
          edges.append((giver, place, typed.types[input].map { "\($0)" } ?? ""))
          row = max(row, boxes[giver].row + 1)
        }
      }
      boxes.append(Box(title: node.operation, lines: lines, row: row, kind: .node))
      for output in node.outputs where !output.isEmpty { givers[output] = place }
    }
    for output in graph.outputs {
      guard let giver = givers[output] else { continue }
      edges.append((giver, boxes.count, ""))
      boxes.append(
        Box(
          title: output, lines: [typed.types[output].map { "\($0)" } ?? ""],
          row: boxes[giver].row + 1, kind: .output))
    }
    var columns: [Int: Int] = [:]
    for place in boxes.indices {
      boxes[place].column = columns[boxes[place].row, default: 0]
      columns[boxes[place].row, default: 0] += 1
    }
  }

  /// Graphviz's language.
  public var dot: String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    var lines = ["digraph {", "  node [shape=box, fontname=\"sans-serif\", fontsize=10];"]
    for (place, box) in boxes.enumerated() {
      let label = ([box.title] + box.lines).map { quoted($0).dropFirst().dropLast() }
        .joined(separator: "\\n")
      let style = box.kind == .node ? "" : ", style=rounded"
      lines.append("  n\(place) [label=\"\(label)\"\(style)];")
    }
    for edge in edges {
      lines.append("  n\(edge.from) -> n\(edge.to) [tooltip=\(quoted(edge.label))];")
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  private static let width = 300
  private static let gap = (across: 24, down: 40)
  private static let lineHeight = 14

  /// A picture that needs no other file.
  public var svg: String {
    let rows = (boxes.map { $0.row }.max() ?? 0) + 1
    var heights = Array(repeating: 0, count: rows)
    for box in boxes { heights[box.row] = max(heights[box.row], Self.height(box)) }
    var tops: [Int] = []
    var top = 16
    for height in heights {
      tops.append(top)
      top += height + Self.gap.down
    }
    let columns = (boxes.map { $0.column }.max() ?? 0) + 1
    let total = (width: columns * (Self.width + Self.gap.across) + 8, height: top)
    func left(_ box: Box) -> Int { 16 + box.column * (Self.width + Self.gap.across) }
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(total.width) \(total.height)" \
      width="\(total.width)" height="\(total.height)" font-family="system-ui, sans-serif" \
      font-size="11">
      <style>
      rect { fill: #fff; stroke: #5b6b7b } .input rect, .output rect { fill: #eef4fb; rx: 8px }
      path { fill: none; stroke: #9aa7b4 } text { fill: #22303c } .title { font-weight: 600 }
      svg { background: #fff }
      </style>
      """
    ]
    for edge in edges {
      let (a, b) = (boxes[edge.from], boxes[edge.to])
      let start = (x: left(a) + Self.width / 2, y: tops[a.row] + Self.height(a))
      let end = (x: left(b) + Self.width / 2, y: tops[b.row])
      let middle = (start.y + end.y) / 2
      parts.append(
        "<path d=\"M\(start.x) \(start.y) C\(start.x) \(middle) \(end.x) \(middle)"
          + " \(end.x) \(end.y)\"><title>\(Self.escaped(edge.label))</title></path>")
    }
    for box in boxes {
      let (x, y) = (left(box), tops[box.row])
      parts.append(
        "<g class=\"\(box.kind)\"><rect x=\"\(x)\" y=\"\(y)\" width=\"\(Self.width)\""
          + " height=\"\(Self.height(box))\"/>")
      for (line, text) in ([box.title] + box.lines).enumerated() {
        let shown = text.count > 48 ? "…" + text.suffix(47) : text
        parts.append(
          "<text x=\"\(x + 8)\" y=\"\(y + 15 + line * Self.lineHeight)\""
            + (line == 0 ? " class=\"title\"" : "")
            + ">\(Self.escaped(shown))<title>\(Self.escaped(text))</title></text>")
      }
      parts.append("</g>")
    }
    return (parts + ["</svg>", ""]).joined(separator: "\n")
  }

  private static func height(_ box: Box) -> Int { 10 + (1 + box.lines.count) * lineHeight }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
