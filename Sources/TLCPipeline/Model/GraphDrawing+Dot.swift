extension GraphDrawing {
  /// Graphviz's language.
  public var dot: String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    var lines = [
      "digraph {",
      "  node [shape=box, fontname=\"sans-serif\", fontsize=10, height=0, margin=\"0.1,0.05\"];",
      "  edge [color=\"#5b6b7b\", arrowsize=0.6];",
    ]
    for (place, box) in boxes.enumerated() {
      let texts = ["\(box.title)  \(box.type)"] + box.lines
      let label = texts.map { quoted($0).dropFirst().dropLast() + "\\l" }.joined()
      let style = box.kind == .node ? "" : ", style=\"rounded,filled\", fillcolor=\"#eef4fb\""
      lines.append("  n\(place) [label=\"\(label)\"\(style)];")
    }
    for edge in edges {
      lines.append("  n\(edge.from) -> n\(edge.to) [tooltip=\(quoted(edge.label))];")
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }
}
