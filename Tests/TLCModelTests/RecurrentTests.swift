import TLCCore
import TLCKernels
import TLCModel
import TLCTestSupport
import Testing

/// Recurrences against plain loops, bit for bit.
@Suite struct RecurrentTests {
  /// A node with random inputs.
  private struct Problem {
    var operation: String
    var kind: RecurrentReference.Kind
    var attributes: [String: Attribute] = [:]
    var (steps, batch, inputSize, hiddenSize) = (0, 0, 0, 0)
    var directions = 1
    var isReversed = false
    var isBatchFirst = false
    var clip: Float?
    var inputs: [Tensor?] = []

    var gates: Int { operation == "LSTM" ? 4 : operation == "GRU" ? 3 : 1 }

    /// - Parameter sizes: steps, batch, inputs and states, where they are not random.
    init(seed: UInt64, sizes: [Int]? = nil) throws {
      var random = Arbitrary(seed: seed)
      let flag = random.int(in: 0...1) == 1
      switch seed % 3 {
      case 0: (operation, kind) = ("RNN", .plain)
      case 1:
        (operation, kind) = ("GRU", .gated(resetsProduct: flag))
        attributes["linear_before_reset"] = .int(flag ? 1 : 0)
      default:
        (operation, kind) = ("LSTM", .longShortTerm(couplesForget: flag))
        attributes["input_forget"] = .int(flag ? 1 : 0)
      }
      let direction = ["forward", "reverse", "bidirectional"][random.int(in: 0...2)]
      attributes["direction"] = .string(direction)
      isReversed = direction == "reverse"
      directions = direction == "bidirectional" ? 2 : 1
      isBatchFirst = random.int(in: 0...1) == 1
      attributes["layout"] = .int(isBatchFirst ? 1 : 0)
      if random.int(in: 0...2) == 0 {
        clip = 0.5
        attributes["clip"] = .float(0.5)
      }
      (steps, batch) = (random.int(in: 1...40), random.int(in: 1...7))
      (inputSize, hiddenSize) = (random.int(in: 1...20), random.int(in: 1...40))
      if let sizes {
        (steps, batch, inputSize, hiddenSize) = (sizes[0], sizes[1], sizes[2], sizes[3])
      }
      attributes["hidden_size"] = .int(hiddenSize)
      try makeInputs(&random)
    }

    private mutating func makeInputs(_ random: inout Arbitrary) throws {
      func tensor(_ dimensions: [Int]) throws -> Tensor {
        let shape = try #require(Shape(dimensions))
        return Tensor(random.floats(shape.count), shape: shape)
      }
      let rows = gates * hiddenSize
      let state = isBatchFirst ? [batch, directions, hiddenSize] : [directions, batch, hiddenSize]
      inputs = [
        try tensor(isBatchFirst ? [batch, steps, inputSize] : [steps, batch, inputSize]),
        try tensor([directions, rows, inputSize]), try tensor([directions, rows, hiddenSize]),
        random.int(in: 0...3) > 0 ? try tensor([directions, 2 * rows]) : nil,
      ]
      let lengths = (0..<batch).map { _ in Int32(random.int(in: 0...steps)) }
      let shape = try #require(Shape([batch]))
      inputs.append(random.int(in: 0...1) == 0 ? Tensor(lengths, shape: shape) : nil)
      inputs.append(random.int(in: 0...1) == 0 ? try tensor(state) : nil)
      if operation == "LSTM" {
        inputs.append(random.int(in: 0...1) == 0 ? try tensor(state) : nil)
        inputs.append(
          random.int(in: 0...1) == 0 ? try tensor([directions, 3 * hiddenSize]) : nil)
      }
    }

    /// The elements of an input.
    func floats(_ place: Int) -> [Float]? {
      inputs.indices.contains(place) ? inputs[place]?.elements(of: Float.self) : nil
    }
  }

  /// The outputs of the operator.
  private func outputs(of problem: Problem, threadCount: Int) throws -> [[Float]] {
    var graph = Graph()
    var given: [String: Tensor] = [:]
    let names = problem.inputs.enumerated().map { place, tensor in
      tensor == nil ? "" : "input\(place)"
    }
    for (name, tensor) in zip(names, problem.inputs) {
      guard let tensor else { continue }
      graph.inputs.append(.init(name: name, type: ValueType(tensor.dtype, tensor.shape)))
      given[name] = tensor
    }
    graph.outputs = ["y", "h"] + (problem.operation == "LSTM" ? ["c"] : [])
    graph.nodes = [
      Node(
        problem.operation, name: "node", inputs: names, outputs: graph.outputs,
        attributes: problem.attributes)
    ]
    let typed = try TypedGraph(graph) { _ in nil }
    let context = EvaluationContext(team: Team(threadCount: threadCount))
    struct NoTensor: Error {}
    return try typed.evaluate(given, context) { _ in throw NoTensor() }
      .map { $0.elements(of: Float.self) }
  }

  /// The outputs by definition.
  private func expected(_ problem: Problem) throws -> [[Float]] {
    let (steps, batch, size) = (problem.steps, problem.batch, problem.hiddenSize)
    let rows = problem.gates * size
    let directions = problem.directions
    var all = [Float](repeating: 0, count: steps * directions * batch * size)
    var lastHidden = [Float](repeating: 0, count: directions * batch * size)
    var lastCell = lastHidden
    let x = try #require(problem.floats(0))
    let lengths = problem.inputs[4]?.elements(of: Int32.self)
    for direction in 0..<directions {
      func part(_ place: Int, _ count: Int) -> [Float]? {
        problem.floats(place).map { Array($0[direction * count..<(direction + 1) * count]) }
      }
      let reference = RecurrentReference(
        kind: problem.kind, inputSize: problem.inputSize, hiddenSize: size,
        weights: try #require(part(1, rows * problem.inputSize)),
        recurrent: try #require(part(2, rows * size)), biases: part(3, 2 * rows),
        peepholes: part(7, 3 * size), clip: problem.clip)
      for row in 0..<batch {
        let state =
          (problem.isBatchFirst ? row * directions + direction : direction * batch + row) * size
        func first(_ place: Int) -> [Float] {
          problem.floats(place).map { Array($0[state..<state + size]) }
            ?? [Float](repeating: 0, count: size)
        }
        var (hidden, cell) = (first(5), first(6))
        let length = lengths.map { Int($0[row]) } ?? steps
        let isReversed = problem.isReversed || direction == 1
        for time in isReversed ? Array((0..<length).reversed()) : Array(0..<length) {
          let start = (problem.isBatchFirst ? row * steps + time : time * batch + row)
          let vector = x[start * problem.inputSize..<(start + 1) * problem.inputSize]
          (hidden, cell) = reference.step(Array(vector), hidden: hidden, cell: cell)
          let place =
            problem.isBatchFirst
            ? (row * steps + time) * directions + direction
            : (time * directions + direction) * batch + row
          all.replaceSubrange(place * size..<(place + 1) * size, with: hidden)
        }
        lastHidden.replaceSubrange(state..<state + size, with: hidden)
        lastCell.replaceSubrange(state..<state + size, with: cell)
      }
    }
    return [all, lastHidden] + (problem.operation == "LSTM" ? [lastCell] : [])
  }

  @Test(
    "every kind, direction, layout and number of threads gives the bits of the definition",
    arguments: UInt64(0)..<45)
  func definition(seed: UInt64) throws {
    let problem = try Problem(seed: seed)
    let expected = try expected(problem).map { $0.map { $0.bitPattern } }
    for threadCount in [1, 2, 5] {
      let outputs = try outputs(of: problem, threadCount: threadCount)
      #expect(outputs.map { $0.map { $0.bitPattern } } == expected, "\(threadCount) threads")
    }
  }

  @Test("a sequence that is multiplied in parts has the bits of the definition")
  func parts() throws {
    let problem = try Problem(seed: 2, sizes: [18, 129, 1, 32])
    let outputs = try outputs(of: problem, threadCount: 1)
    #expect(outputs == (try expected(problem)))
  }

  @Test(
    "functions of cells are the operators of their names",
    arguments: [
      "Elu", "HardSigmoid", "LeakyRelu", "Relu", "Sigmoid", "Softplus", "Softsign", "Tanh",
      "ThresholdedRelu",
    ])
  func functions(name: String) throws {
    let numbers: [Float] = [-40, -3, -1, -0.3, -1e-4, 0, 1e-4, 0.3, 1, 1.5, 3, 40, .nan, .infinity]
    let shape = try #require(Shape([1, numbers.count, 1]))
    let x = Tensor(numbers, shape: shape)
    let one = try #require(Shape([1, 1, 1]))
    // The input itself: a weight of 1, and a state of 0.
    let cell = OperatorCase(
      "RNN", [type(.f32, 1, numbers.count, 1), type(.f32, 1, 1, 1), type(.f32, 1, 1, 1)], [:],
      ["activations": .strings([name])])
    let y = try cell.evaluate([
      "0": x, "1": Tensor([Float(1)], shape: one), "2": Tensor([Float(0)], shape: one),
    ])[0]
    let expected = try OperatorCase(name, [type(.f32, 1, numbers.count, 1)]).evaluate(["0": x])[0]
    #expect(
      y.elements(of: Float.self).map { $0.bitPattern }
        == expected.elements(of: Float.self).map { FloatFunctions.canonical($0).bitPattern })
  }
}
