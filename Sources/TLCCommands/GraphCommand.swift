import ArgumentParser
import TLC

/// `tlc graph FILE`.
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Show the graph of a .tlcq file.",
    discussion: "A table of its nodes; or a drawing, as Graphviz's dot or as SVG, on stdout.")

  @Argument(help: "The .tlcq file, or the index of a set.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Flag(help: "Print Graphviz's dot.")
  var dot = false

  @Flag(help: "Print SVG.")
  var svg = false

  @Flag(help: "Print the canonical JSON that the file has.")
  var json = false

  func validate() throws {
    if [dot, svg, json].count(where: { $0 }) > 1 {
      throw ValidationError("--dot, --svg and --json exclude each other")
    }
  }

  func run() throws {
    try reportingErrors {
      let typed = try Checkpoint(path: file).requiredGraph()
      if json { return print(typed.graph.json.json) }
      if dot { return print(GraphDrawing(typed).dot, terminator: "") }
      if svg { return print(GraphDrawing(typed).svg, terminator: "") }
      printTable(typed)
    }
  }

  private func printTable(_ typed: TypedGraph) {
    print(typed.graph.summary)
    print("")
    var table = TextTable([
      ("node", .left), ("operator", .left), ("inputs", .left), ("output", .left), ("type", .left),
    ])
    for node in typed.graph.nodes {
      for (place, output) in node.outputs.enumerated() where !output.isEmpty {
        table.append([
          place == 0 ? node.name : "", place == 0 ? node.operation : "",
          place == 0 ? node.inputs.map { $0.isEmpty ? "–" : $0 }.joined(separator: " ") : "",
          output == node.name ? "" : output, typed.types[output].map { "\($0)" } ?? "",
        ])
      }
    }
    print(table.lines.joined(separator: "\n"))
  }
}
