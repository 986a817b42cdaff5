import TLCCore
import TLCKernels
import TLCModel
import TLCRuntime
import TLCTestSupport
import Testing

/// Sessions against the plainest way to run a graph, bit for bit.
@Suite struct SessionTests {
  /// A graph of products of every kind, and its weights.
  private struct Model {
    var graph: TypedGraph
    var weights: [String: Tensor] = [:]

    init(recurrence: String, gates: Int) throws {
      var random = Arbitrary(seed: 7)
      var builder = GraphBuilder()
      var weights: [String: Tensor] = [:]
      func weight(_ name: String, _ lengths: Int...) throws -> GraphBuilder.Value {
        let shape = try #require(Shape(lengths))
        weights[name] = Tensor(random.floats(shape.count), shape: shape)
        return try builder.tensor(name, ValueType(.f32, shape))
      }
      let x = try builder.input("x", ValueType(.f32, [Dimension(named: "batch"), 6, 40]))
      let convolved = try builder.add(
        "Conv", [x, try weight("kernel", 10, 3, 5), try weight("bias", 10)],
        ["dilations": .ints([2]), "pads": .ints([4, 4]), "group": .int(2)], name: "conv")
      let steps = try builder.add(
        "Transpose", [convolved], ["perm": .ints([2, 0, 1])], name: "steps")
      let last = try builder.node(
        recurrence,
        [
          steps, try weight("w", 2, gates * 12, 10), try weight("r", 2, gates * 12, 12),
          try weight("b", 2, gates * 24),
        ], ["direction": .string("bidirectional"), "hidden_size": .int(12)], outputCount: 2,
        name: "recurrence")
      let rows = try builder.add(
        "Transpose", [last[1]], ["perm": .ints([1, 0, 2])], name: "rows")
      let scores = try builder.add(
        "MatMul",
        [rows, try builder.add("Transpose", [rows], ["perm": .ints([0, 2, 1])], name: "t")],
        name: "scores")
      let flat = try builder.add(
        "Reshape", [rows, try builder.constant([-1, 24])], name: "flat")
      let dense = try builder.add(
        "Gemm", [flat, try weight("dense", 7, 24), try weight("dense_bias", 7)],
        ["transB": .int(1)], name: "dense_1")
      try builder.output(try builder.add("Tanh", [dense], name: "tanh"), name: "y")
      try builder.output(scores, name: "scores_out")
      self.weights = weights
      graph = try TypedGraph(builder.graph) { name in
        weights[name].map { ValueType($0.dtype, $0.shape) }
      }
    }
  }

  @Test(
    "a session gives the bits of its operators one by one, for any threads and shapes",
    arguments: [("RNN", 1), ("GRU", 3), ("LSTM", 4)])
  func bits(recurrence: String, gates: Int) throws {
    let model = try Model(recurrence: recurrence, gates: gates)
    var random = Arbitrary(seed: 8)
    for threadCount in [1, 2, 5] {
      let session = try Session(model.graph, threadCount: threadCount) {
        try #require(model.weights[$0])
      }
      for batch in [1, 3, 1] {
        let shape = try #require(Shape([batch, 6, 40]))
        let x = Tensor(random.floats(shape.count), shape: shape)
        let expected = try model.graph.evaluate(["x": x]) { try #require(model.weights[$0]) }
        #expect(try session.run(["x": x]) == expected, "\(threadCount) threads, batch \(batch)")
      }
    }
  }
}
