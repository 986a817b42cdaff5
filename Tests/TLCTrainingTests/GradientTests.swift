import TLCCore
import TLCModel
import TLCTraining
import Testing

struct GradientTests {
  /// What `f32` leaves of a gradient whose terms are about 1, beside differences in `f64`.
  static let tolerance = 2e-5

  @Test(arguments: GradientCase.all)
  func `gradients are those of finite differences`(_ sample: GradientCase) throws {
    let (graph, weights) = try sample.graph()
    let store = ParameterStore(weights)
    let session = try TrainingSession(graph, store, loss: graph.outputs[0], threadCount: 2)
    let loss = try session.run([:], addingGradientsTimes: 1)[0].elements(of: Float.self)[0]
    var evaluator = DoubleEvaluator(graph: graph, given: weights.mapValues { Doubles($0) })
    #expect(abs(Double(loss) - evaluator().elements[0]) < Self.tolerance)
    for parameter in store.parameters {
      let gradient = store.gradient(of: parameter).tensor().elements(of: Float.self)
      for place in gradient.indices {
        let step = 1e-5
        let here = try #require(evaluator.given[parameter.name]?.elements[place])
        evaluator.given[parameter.name]?.elements[place] = here + step
        let above = evaluator().elements[0]
        evaluator.given[parameter.name]?.elements[place] = here - step
        let below = evaluator().elements[0]
        evaluator.given[parameter.name]?.elements[place] = here
        let difference = (above - below) / (2 * step)
        #expect(
          abs(Double(gradient[place]) - difference) < Self.tolerance * max(1, abs(difference)),
          "\(parameter.name)[\(place)] is \(gradient[place]), and the difference \(difference)")
      }
    }
  }

  @Test func `every gradient of the registry is held to finite differences`() throws {
    var covered: Set<String> = ["Dropout"]
    for sample in GradientCase.all {
      let (graph, weights) = try sample.graph()
      let session = try TrainingSession(
        graph, ParameterStore(weights), loss: graph.outputs[0], threadCount: 1)
      covered.formUnion(session.operations)
    }
    let known = Set(GradientRegistry.standard.all.map { $0.operation })
    #expect(known.subtracting(covered).sorted() == [])
  }

  @Test(arguments: GradientCase.all)
  func `gradients have the same bits for any number of threads`(_ sample: GradientCase) throws {
    let (graph, weights) = try sample.graph()
    let stores = try [1, 2, 5].map { threadCount in
      let store = ParameterStore(weights)
      let session = try TrainingSession(
        graph, store, loss: graph.outputs[0], threadCount: threadCount)
      try session.run([:], addingGradientsTimes: 1)
      return store.gradients.indices.map { store.gradients[$0].bitPattern }
    }
    #expect(stores[1] == stores[0] && stores[2] == stores[0])
  }

  @Test func `gradients are added to those that are there, times a factor`() throws {
    let (graph, weights) = try GradientCase("MatMul", [[3, 5], [5, 4]]).graph()
    let store = ParameterStore(weights)
    let session = try TrainingSession(graph, store, loss: graph.outputs[0], threadCount: 1)
    try session.run([:], addingGradientsTimes: 1)
    let once = store.gradients.indices.map { store.gradients[$0] }
    try session.run([:], addingGradientsTimes: 0.5)
    for place in store.gradients.indices {
      #expect(abs(store.gradients[place] - 1.5 * once[place]) < 1e-6)
    }
  }

  @Test func `runs of other shapes share memory, and give the same as alone`() throws {
    var builder = GraphBuilder(registry: TrainingOperators.registry)
    let shape = [Dimension(named: "rows"), Dimension(6)]
    let x = try builder.input("x", ValueType(.f32, shape))
    let w = try builder.tensor("w", ValueType(.f32, [Dimension(6), Dimension(6)]))
    let product = try builder.add("MatMul", [x, w], name: "product")
    let bent = try builder.add("Gelu", [product], name: "bent")
    let loss = try builder.add("ReduceMean", [bent], ["keepdims": .int(0)], name: "loss")
    try builder.output(loss)
    let weights = ["w": try GradientCase.tensor([6, 6], seed: 1)]
    func gradients(_ rows: [Int]) throws -> (last: [Float], byteCount: Int) {
      let store = ParameterStore(weights)
      let session = try TrainingSession(builder.graph, store, loss: "loss", threadCount: 2)
      for count in rows {
        store.gradients.fill(0)
        let x = try GradientCase.tensor([count, 6], seed: UInt64(count))
        try session.run(["x": x], addingGradientsTimes: 1)
      }
      return (store.gradients.indices.map { store.gradients[$0] }, session.planByteCount)
    }
    let (alone, small) = try gradients([3])
    let (after, shared) = try gradients([3, 50, 3, 20, 3])
    let largest = try gradients([50]).byteCount
    #expect(after == alone)
    #expect(small < shared && shared == largest)
  }

  @Test func `an operator without a gradient is refused by name`() throws {
    let (graph, weights) = try GradientCase("Erf", [[3]]).graph()
    let session = try TrainingSession(
      graph, ParameterStore(weights), loss: graph.outputs[0], threadCount: 1)
    #expect(
      throws: GraphError.node(
        "out", operation: "Erf", "gradients would flow through it, and it has none")
    ) { try session.run([:], addingGradientsTimes: 1) }
  }

  @Test func `a mask that depends on a weight is refused by its place`() throws {
    let sample = GradientCase("Attention", [[1, 2, 4], [1, 2, 4], [1, 2, 4], [1, 1, 2, 2]]) {
      try $0.add(
        "Attention", $1, ["q_num_heads": .int(1), "kv_num_heads": .int(1)], name: "out")
    }
    let (graph, weights) = try sample.graph()
    let session = try TrainingSession(
      graph, ParameterStore(weights), loss: graph.outputs[0], threadCount: 1)
    #expect {
      try session.run([:], addingGradientsTimes: 1)
    } throws: {
      "\($0)".contains("its input 3 depends on a weight, and it has no gradient of that")
    }
  }

  @Test func `a loss that depends on no weight is refused`() throws {
    var builder = GraphBuilder(registry: TrainingOperators.registry)
    let loss = try builder.add("Neg", [try builder.constant(Float(1))], name: "loss")
    try builder.output(loss)
    let session = try TrainingSession(
      builder.graph, ParameterStore([:]), loss: "loss", threadCount: 1)
    #expect(
      throws: GraphError.value(
        "loss", "it depends on no weight, so that nothing is learnt from it")
    ) { try session.run([:], addingGradientsTimes: 1) }
  }
}
