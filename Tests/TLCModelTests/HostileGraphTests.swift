import TLCCore
import TLCModel
import Testing

/// Graphs that ask for more than their few bytes should get.
@Suite struct HostileGraphTests {
  @Test func `takes no memory for the rows of an input that has none`() throws {
    let text = """
      {"constants":[{"data":"","dtype":"f32","name":"x","shape":[0,2147483647,2147483]},\
      {"data":"0000803f","dtype":"f32","name":"scale","shape":[1]}],"inputs":[],\
      "nodes":[{"attributes":{"axis":{"int":1}},"inputs":["x","scale"],"name":"n",\
      "operator":"LayerNormalization","outputs":["y"]}],"opset":23,"outputs":["y"]}
      """
    let graph = try Graph(parsing: try #require(StrictJSON(Array(text.utf8))))
    let typed = try TypedGraph(graph) { _ in nil }
    #expect(typed.constants["y"]?.shape.count == 0)
  }

  @Test func `refuses runs whose values would take more memory than is allowed`() throws {
    let text = """
      {"constants":[{"data":"00001000000000000000100000000000","dtype":"i64","name":"shape",\
      "shape":[2]}],"inputs":[{"dtype":"f32","name":"x","shape":[1,1]}],\
      "nodes":[{"inputs":["x","shape"],"name":"y","operator":"Expand","outputs":["y"]}],\
      "opset":23,"outputs":["y"]}
      """
    let graph = try Graph(parsing: try #require(StrictJSON(Array(text.utf8))))
    let typed = try TypedGraph(graph) { _ in nil }
    let error = #expect(throws: GraphError.self) {
      try typed.specialized(to: ["x": try #require(Shape([1, 1]))])
    }
    #expect(
      error.map { "\($0)" }
        == "graph: the values of a run take more than 17179869184 bytes, which is not allowed")
  }

  @Test func `refuses an input that no tensor is, before an operator sees its lengths`() throws {
    let text = """
      {"constants":[],"inputs":[{"dtype":"f32","name":"x","shape":[33,1,9223372036854775807,5]},\
      {"dtype":"f32","name":"W","shape":[1,1,3,3]}],"nodes":[{"attributes":{"kernel_shape":\
      {"ints":[3,3]},"pads":{"ints":[1,1,2,3]}},"inputs":["x","W"],"name":"y","operator":"Conv",\
      "outputs":["y"]}],"opset":23,"outputs":["y"]}
      """
    let graph = try Graph(parsing: try #require(StrictJSON(Array(text.utf8))))
    let error = #expect(throws: GraphError.self) { try TypedGraph(graph) { _ in nil } }
    #expect(
      error.map { "\($0)" }
        == "value \"x\": it would be f32 [33, 1, 9223372036854775807, 5], which is too large for a tensor"
    )
  }
}
