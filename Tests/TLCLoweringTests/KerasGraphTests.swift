import TLCCore
import TLCImport
import TLCModel
import TLCRecordedModels
import Testing

/// The graphs themselves: names, lengths, and how many nodes there are.
@Suite struct KerasGraphTests {
  /// What Keras calls an input that a sequence was not given by name.
  private static func isUnnamed(_ name: String) -> Bool { name.hasPrefix("keras_tensor") }

  @Test(arguments: KerasLayerTests.files)
  func `has Keras's names, and is the same as JSON`(file: String) throws {
    let model = try KerasLayerTests.model(file)
    let graph = try model.graph(KerasLayerTests.substitutions(file)).graph
    if !file.hasPrefix("keras1-") {
      let inputs = model.names("inputs")
      #expect(graph.inputs.count == inputs.count)
      for (input, name) in zip(graph.inputs, inputs) where !Self.isUnnamed(name) {
        #expect(input.name == name)
      }
      // A layer that gives several outputs has a number behind all but the first.
      for (output, name) in zip(graph.outputs, model.names("outputs")) {
        #expect(output == name || output.hasPrefix("\(name)_"))
      }
    }
    #expect(Set(graph.outputs).count == graph.outputs.count)
    #expect(try Graph(parsing: try #require(StrictJSON(Array(graph.json.json.utf8)))) == graph)
  }

  /// The operators that a run does: those that do not depend on weights alone.
  private static func operators(_ graph: Graph) -> [String] {
    var fixed = Set(graph.initializers.map { $0.value } + graph.constants.map { $0.name })
    var operators: [String] = []
    for node in graph.nodes {
      if node.inputs.allSatisfy({ $0.isEmpty || fixed.contains($0) }) {
        fixed.formUnion(node.outputs)
      } else {
        operators.append(node.operation)
      }
    }
    return operators
  }

  @Test func `a network of images is transposed once, and back once`() throws {
    let graph = try KerasLayerTests.model("convolutional-network.keras").graph().graph
    #expect(
      Self.operators(graph) == [
        "Transpose", "Conv", "BatchNormalization", "Relu", "MaxPool", "Conv", "BatchNormalization",
        "Relu", "MaxPool", "Transpose", "Flatten", "MatMul", "Add", "Softmax",
      ])
  }

  @Test func `a recurrent layer is one node, in both directions too`() throws {
    let graph = try KerasLayerTests.model("bidirectional-both-outputs.h5").graph().graph
    #expect(
      Self.operators(graph) == ["Transpose", "LSTM", "Split", "Squeeze", "Squeeze"])
  }

  @Test func `what any layer gives can be asked for`() throws {
    let checkpoint = try KerasLayerTests.model("sequential.h5").checkpoint
    var options = LoweringOptions()
    options.additionalOutputs = ["hidden", "scores"]
    let graph = try #require(try LoweringRegistry.standard.graph(of: checkpoint, options))
    #expect(graph.outputs == ["scores", "hidden"])
    options.additionalOutputs = ["hiden"]
    #expect(
      throws: LoweringError.malformed(
        place: "output \"hiden\"",
        "there is none of the name; to be asked for are the names of layers")
    ) { try LoweringRegistry.standard.graph(of: checkpoint, options) }
  }

  @Test func `a free length has a name, that of its input where there are several`() throws {
    let one = try KerasLayerTests.model("free-length.h5").graph().graph
    #expect(one.inputs.map { "\($0.name): \($0.type)" } == ["ids: i32 [batch, length]"])
    let input = #"""
      {"class_name":"InputLayer","name":"NAME","config":{"name":"NAME",
      "batch_input_shape":[null,null,2]},"inbound_nodes":[]}
      """#
    let inputs = ["a", "b"].map { input.replacing("NAME", with: $0) }.joined(separator: ",")
    let flat = #"""
      {"class_name":"GlobalMaxPooling1D","name":"p","config":{"name":"p"},
      "inbound_nodes":[[["a",0,0]],[["b",0,0]]]}
      """#
    let two = try MadeKerasModel(
      #"{"class_name":"Model","config":{"name":"m","layers":[\#(inputs),\#(flat)],"#
        + #""input_layers":[["b",0,0],["a",0,0]],"output_layers":[["p",0,0],["p",1,0]]}}"#
    ).graph()
    #expect(
      two.inputs.map { "\($0.name): \($0.type)" } == [
        "b: f32 [batch, b.1, 2]", "a: f32 [batch, a.1, 2]",
      ])
    #expect(two.outputs == ["p", "p_1"])
  }
}
