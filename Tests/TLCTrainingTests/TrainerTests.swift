import TLCCore
import TLCModel
import TLCTraining
import Testing

struct TrainerTests {
  /// Texts of one token each, of 14 tokens, with one of another between any two.
  static let tokens: [Int32] = (0..<2000).map { 5 + Int32($0 / 15 % 11) }

  static func task() throws -> MaskedTokenTask {
    try MaskedTokenTask(
      training: tokens, measuring: Array(tokens.prefix(300)), sequenceCount: 16,
      vocabularyCount: 20, special: .init(start: 0, padding: 1, end: 2, mask: 4))
  }

  static func model() throws -> EncoderModel {
    try EncoderModel(
      EncoderShape(vocabularyCount: 20, width: 16, depth: 1, headCount: 2, sequenceCount: 16),
      head: .maskedTokens)
  }

  static func settings(_ stepCount: Int, _ change: (inout TrainingSettings) -> Void = { _ in })
    -> TrainingSettings
  {
    var settings = TrainingSettings(
      stepCount: stepCount, batchCount: 8,
      rate: LearningRate(peak: 0.01, warmupCount: min(3, stepCount)),
      seed: 5, threadCount: 2)
    change(&settings)
    return settings
  }

  static func trainer(
    _ settings: TrainingSettings, weights: [String: Tensor]? = nil
  ) throws -> Trainer {
    let model = try model()
    let graph = try model.graph(
      for: .training(dropout: settings.dropout, labelSmoothing: settings.labelSmoothing))
    return try Trainer(
      graph, ParameterStore(weights ?? model.initialTensors(seed: 3)), task: try task(),
      settings: settings)
  }

  static func bits(_ trainer: Trainer) -> [UInt32] {
    let values = trainer.parameters.values
    return values.indices.map { values[$0].bitPattern }
  }

  @Test func `a rule of the text is learnt`() throws {
    let trainer = try Self.trainer(Self.settings(400) { $0.dropout = 0 })
    let graph = try Self.model().graph(for: .measuring)
    let before = try Measurement(
      graph, trainer.parameters, task: trainer.task, batchCount: 8, threadCount: 1)
    #expect(abs(before.loss - 3) < 0.3, "it knows nothing of 20 tokens")
    while !trainer.isDone { _ = try trainer.step() }
    let after = try Measurement(
      graph, trainer.parameters, task: trainer.task, batchCount: 8, threadCount: 1)
    #expect(after.loss < 0.6 && after.accuracy > 0.8, "\(after)")
  }

  @Test func `training that stopped goes on bit for bit`() throws {
    let settings = Self.settings(12)
    let whole = try Self.trainer(settings)
    while !whole.isDone { _ = try whole.step() }
    let first = try Self.trainer(settings)
    for _ in 0..<5 { _ = try first.step() }
    let second = try Self.trainer(settings)
    try second.restore(first.state)
    #expect(second.stepCount == 5)
    while !second.isDone { _ = try second.step() }
    #expect(Self.bits(second) == Self.bits(whole))
    #expect(second.state == whole.state)
  }

  @Test(arguments: [1, 3]) func `the number of threads changes no bit`(_ threadCount: Int) throws {
    let two = try Self.trainer(Self.settings(4))
    let other = try Self.trainer(Self.settings(4) { $0.threadCount = threadCount })
    while !two.isDone {
      #expect(try two.step().loss == (try other.step().loss))
    }
    #expect(Self.bits(other) == Self.bits(two))
  }

  @Test func `a step in parts is the step of all examples`() throws {
    let whole = try Self.trainer(Self.settings(3) { $0.dropout = 0 })
    let parts = try Self.trainer(
      Self.settings(3) {
        $0.dropout = 0
        $0.partCount = 4
      })
    while !whole.isDone {
      let (one, other) = (try whole.step(), try parts.step())
      #expect(abs(one.loss - other.loss) < 1e-4 && abs(one.norm - other.norm) < 1e-3)
    }
  }

  @Test func `another seed is another training`() throws {
    let one = try Self.trainer(Self.settings(2))
    let other = try Self.trainer(Self.settings(2) { $0.seed = 6 })
    #expect(try one.step().loss != (try other.step().loss))
  }

  @Test func `a number that is none ends training, with the step and the tensor`() throws {
    var weights = try Self.model().initialTensors(seed: 3)
    let name = "lm_head.layer_norm.weight"
    let shape = try #require(weights[name]?.shape)
    weights[name] = Tensor([Float](repeating: .infinity, count: 16), shape: shape)
    let trainer = try Self.trainer(Self.settings(2), weights: weights)
    #expect(throws: TrainingError.notFinite(step: 1, tensor: name)) { try trainer.step() }
    #expect(trainer.stepCount == 0)
  }

  @Test func `a value that overflows is named, and the weights stay`() throws {
    var weights = try Self.model().initialTensors(seed: 3)
    for name in ["lm_head.dense.weight", "lm_head.layer_norm.weight"] {
      let tensor = try #require(weights[name])
      let large = tensor.elements(of: Float.self).map { $0 + 3e38 }
      weights[name] = Tensor(large, shape: tensor.shape)
    }
    let trainer = try Self.trainer(Self.settings(2), weights: weights)
    let before = Self.bits(trainer)
    #expect(throws: TrainingError.notFinite(step: 1, tensor: "lm_head.dense")) {
      try trainer.step()
    }
    #expect(Self.bits(trainer) == before)
  }

  @Test func `a state of another model is refused`() throws {
    let trainer = try Self.trainer(Self.settings(2))
    var state = trainer.state
    state.means["lm_head.bias"] = nil
    #expect(
      throws: TrainingError.state("it has no mean \"lm_head.bias\", f32 of shape [20]")
    ) { try trainer.restore(state) }
    state = trainer.state
    state.stepCount = 3
    #expect(throws: TrainingError.state("it is of step 3, of 2")) { try trainer.restore(state) }
  }

  @Test func `rates warm up, stay or fall, and cool down`() {
    let linear = LearningRate(peak: 1, warmupCount: 2, decay: .linear)
    #expect((1...6).map { linear.rate(step: $0, of: 6) } == [0.5, 1, 1, 0.75, 0.5, 0.25])
    let cooldown = LearningRate(peak: 1, warmupCount: 1, decay: .cooldown, cooldownShare: 0.5)
    #expect((1...8).map { cooldown.rate(step: $0, of: 8) } == [1, 1, 1, 1, 1, 0.75, 0.5, 0.25])
    let constant = LearningRate(peak: 1, warmupCount: 0, decay: .constant)
    #expect((1...3).map { constant.rate(step: $0, of: 3) } == [1, 1, 1])
  }

  @Test func `settings that make no sense are refused before anything is done`() throws {
    for (change, what) in [
      ({ $0.stepCount = 0 }, "there are 0 steps, not 1 to 1073741824"),
      ({ $0.partCount = 3 }, "3 parts do not divide 8 examples a step"),
      ({ $0.rate.peak = .nan }, "the learning rate is nan, not above 0"),
      ({ $0.rate.warmupCount = 9 }, "a warm-up of 9 steps does not fit in 2"),
      ({ $0.dropout = 1 }, "dropout is 1.0, not from 0 to below 1"),
    ] as [((inout TrainingSettings) -> Void, String)] {
      #expect(throws: TrainingError.settings(what)) { try Self.settings(2, change).require() }
    }
  }
}
