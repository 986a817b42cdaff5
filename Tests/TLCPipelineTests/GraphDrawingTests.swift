import TLCCore
import TLCModel
import TLCPipeline
import Testing

/// Drawings of graphs: what stands in them, and that none of it lies on another.
@Suite struct GraphDrawingTests {
  /// x goes through eight squares to a product with a transposed weight, and past them to a sum.
  private static func graph() throws -> TypedGraph {
    var nodes = [
      Node("Transpose", name: "turned", inputs: ["w"], outputs: ["turned"])
    ]
    var last = "x"
    for place in 0..<8 {
      nodes.append(
        Node("Mul", name: "square\(place)", inputs: [last, last], outputs: ["s\(place)"]))
      last = "s\(place)"
    }
    nodes.append(Node("MatMul", name: "product", inputs: [last, "turned"], outputs: ["p"]))
    nodes.append(Node("Add", name: "sum & <all>", inputs: ["p", "x"], outputs: ["y"]))
    let graph = Graph(
      inputs: [Graph.Input(name: "x", type: ValueType(.f32, [Dimension(named: "batch"), 3]))],
      initializers: [Graph.Initializer(value: "w", tensor: "layer/kernel")], nodes: nodes,
      outputs: ["y"])
    return try TypedGraph(graph) { _ in ValueType(.f32, [3, 3]) }
  }

  @Test func `lists what is made of weights alone in the node that uses it`() throws {
    let drawing = GraphDrawing(try Self.graph())
    #expect(drawing.svg.contains(">layer/kernel → Transpose f32 [3, 3]<"))
    #expect(!drawing.svg.contains(">Transpose<"))
    #expect(
      drawing.dot.contains(
        "MatMul  f32 [batch, 3]\\lproduct\\llayer/kernel → Transpose f32 [3, 3]\\l"))
    #expect(drawing.svg.contains(">sum &amp; &lt;all&gt;<"))
  }

  @Test func `draws no box on another, and lines that pass boxes beside them`() throws {
    let svg = GraphDrawing(try Self.graph()).svg
    let boxes = svg.matches(
      of: #/<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/#
    ).map { match -> (x: Range<Int>, y: Range<Int>) in
      let (x, y) = (Int(match.1) ?? 0, Int(match.2) ?? 0)
      return (x..<x + (Int(match.3) ?? 0), y..<y + (Int(match.4) ?? 0))
    }
    // x, eight squares, the product, the sum and y.
    #expect(boxes.count == 12)
    for (place, box) in boxes.enumerated() {
      for other in boxes[..<place] {
        #expect(!box.x.overlaps(other.x) || !box.y.overlaps(other.y))
      }
    }
    let lanes = svg.matches(of: #/ H(\d+) V\d+ H/#).map { Int($0.1) ?? 0 }
    #expect(lanes.count == 1)
    #expect(lanes.allSatisfy { lane in boxes.allSatisfy { !$0.x.contains(lane) } })
  }
}
