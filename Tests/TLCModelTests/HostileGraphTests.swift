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
}
