import TLCCore
import TLCModel
import TLCTraining
import Testing

struct DropoutTests {
  private static let count = 40_000

  private static func graph(stream: Int) throws -> (Graph, ParameterStore) {
    var builder = GraphBuilder(registry: TrainingOperators.registry)
    let seed = try builder.input("seed", ValueType(.i64, try #require(Shape([2]))))
    let shape = try #require(Shape([count]))
    let x = try builder.tensor("x", ValueType(.f32, shape))
    let out = try builder.add(
      "Dropout", domain: TrainingOperators.domain, [x, seed],
      ["ratio": .float(0.25), "stream": .int(stream)], name: "out")
    let loss = try builder.add("ReduceMean", [out], ["keepdims": .int(0)], name: "loss")
    try builder.output(out)
    try builder.output(loss)
    return (
      builder.graph,
      ParameterStore(["x": Tensor([Float](repeating: 1, count: count), shape: shape)])
    )
  }

  private static func seed(_ seed: Int64, _ step: Int64) throws -> [String: Tensor] {
    ["seed": Tensor([seed, step], shape: try #require(Shape([2])))]
  }

  private static func kept(
    _ seeds: (Int64, Int64), stream: Int = 0, threadCount: Int = 1
  ) throws -> [Float] {
    let (graph, store) = try graph(stream: stream)
    let session = try TrainingSession(graph, store, threadCount: threadCount)
    return try session.run(seed(seeds.0, seeds.1))[0].elements(of: Float.self)
  }

  @Test func `as many elements stay as the ratio says, and the mean stays with them`() throws {
    let kept = try Self.kept((7, 1))
    #expect(Set(kept) == [0, Float(1) / 0.75])
    let share = Double(kept.count { $0 > 0 }) / Double(Self.count)
    // Five standard deviations.
    #expect(abs(share - 0.75) < 5 * (0.75 * 0.25 / Double(Self.count)).squareRoot())
  }

  @Test func `the seed, the step and the stream alone say which stay`() throws {
    let one = try Self.kept((7, 1))
    #expect(try Self.kept((7, 1), threadCount: 3) == one)
    for other in [try Self.kept((8, 1)), try Self.kept((7, 2)), try Self.kept((7, 1), stream: 1)] {
      let same = zip(one, other).count { $0 == $1 }
      #expect(abs(Double(same) / Double(Self.count) - 0.625) < 0.02)
    }
  }

  @Test func `neighbouring elements stay independently`() throws {
    let kept = try Self.kept((3, 1))
    for distance in [1, 2, 16, 256] {
      let both = (0..<Self.count - distance).count { kept[$0] > 0 && kept[$0 + distance] > 0 }
      #expect(abs(Double(both) / Double(Self.count - distance) - 0.5625) < 0.015)
    }
  }

  @Test func `gradients flow to what stays`() throws {
    let (graph, store) = try Self.graph(stream: 4)
    let session = try TrainingSession(graph, store, loss: "loss", threadCount: 2)
    let kept = try session.run(Self.seed(7, 1), addingGradientsTimes: Float(Self.count))[0]
      .elements(of: Float.self)
    for place in kept.indices { #expect(abs(store.gradients[place] - kept[place]) < 1e-6) }
  }
}
