import TLCCore
import TLCModel
import TLCTraining
import Testing

struct RecoveryTests {
  private static func store() throws -> ParameterStore {
    ParameterStore(try TrainerTests.model().initialTensors(seed: 4))
  }

  @Test(arguments: PrunableWeights.Scope.allCases)
  func `the least weights are dropped, level by level`(_ scope: PrunableWeights.Scope) throws {
    let store = try Self.store()
    let masks = MaskConstraint(PrunableWeights(scope: scope), of: store)
    var dropped: Set<Int> = []
    for share in [0.15, 0.3, 0.9] {
      masks.drop(share: share, of: store)
      #expect(abs(Double(masks.droppedCount) / Double(masks.count) - share) < 0.005)
      let zeros = Set(
        masks.pruned.flatMap { parameter in
          parameter.range.filter { store.values[$0] == 0 }
        })
      #expect(dropped.isSubset(of: zeros))
      dropped = zeros
      let groups =
        scope == .global
        ? [masks.pruned.flatMap { Array($0.range) }] : masks.pruned.map { Array($0.range) }
      for group in groups {
        let kept = group.filter { store.values[$0] != 0 }.map { abs(store.values[$0]) }
        let initial = try Self.store()
        let gone = group.filter { store.values[$0] == 0 }.map { abs(initial.values[$0]) }
        #expect((gone.max() ?? 0) <= (kept.min() ?? .infinity))
      }
    }
    #expect(masks.pruned.allSatisfy { !$0.name.contains("_embeddings") })
  }

  @Test func `pruned weights are zero after each step, and others move`() throws {
    let trainer = try TrainerTests.trainer(TrainerTests.settings(5))
    let masks = MaskConstraint(PrunableWeights(includesTables: true), of: trainer.parameters)
    masks.drop(share: 0.5, of: trainer.parameters)
    trainer.constraint = masks
    let before = TrainerTests.bits(trainer)
    while !trainer.isDone {
      _ = try trainer.step()
      let zeros = masks.pruned.reduce(0) { count, parameter in
        count + parameter.range.count { trainer.parameters.values[$0] == 0 }
      }
      #expect(zeros == masks.droppedCount)
    }
    #expect(TrainerTests.bits(trainer) != before)
  }

  @Test func `weights are on the grid while the model runs, and off it after`() throws {
    let store = try Self.store()
    let before = store.tensors()
    let grid = GridConstraint(PrunableWeights(), of: store, bits: 3)
    grid.willRun(store)
    for parameter in PrunableWeights().parameters(of: store) {
      let length = parameter.shape.dimensions[1]
      for start in stride(
        from: parameter.range.lowerBound, to: parameter.range.upperBound, by: length)
      {
        let row = (start..<start + length).map { store.values[$0] }
        #expect(Set(row.map { abs($0) }).count <= 4, "three bits have codes from −3 to 3")
      }
    }
    grid.didRun(store)
    #expect(store.tensors() == before)
  }

  @Test(arguments: 1...4)
  func `what is stopped behind a level goes on to the same bits`(_ count: Int) throws {
    struct Stop: Error {}
    let model = try TrainerTests.model()
    let initial = model.initialTensors(seed: 4)
    var recovery = Recovery()
    (recovery.sparsity, recovery.bits, recovery.greatestEpochCount) = (0.4, 4, 0.3)
    func run(
      after past: (weights: [String: Tensor], levels: [Recovery.Level])? = nil,
      _ observe: (Recovery.Level, ParameterStore) throws -> Void = { _, _ in }
    ) throws -> (weights: [String: Tensor], levels: [Recovery.Level]) {
      try recovery.run(
        model, weights: initial, task: TrainerTests.trainer(TrainerTests.settings(1)).task,
        settings: TrainerTests.settings(1), after: past, observing: observe)
    }
    var past: (weights: [String: Tensor], levels: [Recovery.Level]) = ([:], [])
    #expect(throws: Stop.self) {
      _ = try run { level, store in
        past = (store.tensors(), past.levels + [level])
        if past.levels.count == count { throw Stop() }
      }
    }
    var gone: [Recovery.Level] = []
    let (whole, again) = (try run(), try run(after: past) { level, _ in gone.append(level) })
    #expect(again.weights == whole.weights && again.levels == whole.levels)
    #expect(whole.levels.count == 4 && past.levels + gone == whole.levels)
  }

  @Test func `a model that learnt is pruned, rounded, and learns again`() throws {
    let trainer = try TrainerTests.trainer(TrainerTests.settings(120) { $0.dropout = 0 })
    while !trainer.isDone { _ = try trainer.step() }
    var recovery = Recovery()
    recovery.sparsity = 0.3
    recovery.bits = 4
    recovery.interval = 4
    var settings = TrainerTests.settings(1) { $0.dropout = 0 }
    settings.rate = LearningRate(peak: 0.003, warmupCount: 0)
    let model = try TrainerTests.model()
    let (weights, levels) = try recovery.run(
      model, weights: trainer.parameters.tensors(), task: trainer.task, settings: settings)
    #expect(levels.map { $0.bits } == [nil, nil, 4])
    #expect(zip(levels, [0.15, 0.3, 0.3]).allSatisfy { abs($0.sparsity - $1) < 0.01 })
    #expect(levels.allSatisfy { $0.epochCount <= 1.01 && $0.after >= 0.0 })
    #expect(levels.allSatisfy { $0.isRecovered || $0.stepCount == 17 })
    let store = ParameterStore(weights)
    let zeros = PrunableWeights().parameters(of: store).reduce(0) { count, parameter in
      count + parameter.range.count { store.values[$0] == 0 }
    }
    let all = PrunableWeights().parameters(of: store).reduce(0) { $0 + $1.shape.count }
    #expect(abs(Double(zeros) / Double(all) - 0.3) < 0.01)
  }

  @Test func `a model is pruned gradually, beside its teacher, and rounded`() throws {
    let trainer = try TrainerTests.trainer(TrainerTests.settings(60) { $0.dropout = 0 })
    while !trainer.isDone { _ = try trainer.step() }
    var pruning = GradualPruning()
    (pruning.sparsity, pruning.epochCount, pruning.bits) = (0.8, 5, 4)
    var settings = TrainerTests.settings(1) { $0.dropout = 0 }
    settings.rate = LearningRate(peak: 0.003, warmupCount: 0)
    let model = try TrainerTests.model()
    var rates: [Double] = []
    for penalty: Float in [0, 2] {
      pruning.ratePenalty = penalty
      var epochs: [GradualPruning.Epoch] = []
      let weights = try pruning.run(
        model, weights: trainer.parameters.tensors(), task: trainer.task, settings: settings
      ) { epochs.append($0) }
      #expect(epochs.map { $0.number } == [1, 2, 3, 4, 5])
      #expect(zip(epochs, epochs.dropFirst()).allSatisfy { $0.sparsity <= $1.sparsity })
      #expect((epochs.first?.sparsity ?? 0) > 0.5 && abs((epochs.last?.sparsity ?? 0) - 0.8) < 0.01)
      let store = ParameterStore(weights)
      let prunable = PrunableWeights().parameters(of: store)
      let zeros = prunable.reduce(0) { count, parameter in
        count + parameter.range.count { store.values[$0] == 0 }
      }
      #expect(Double(zeros) >= 0.79 * Double(prunable.reduce(0) { $0 + $1.shape.count }))
      rates.append(RatePenalty(PrunableWeights(), of: store, bits: 4, strength: 0).rate(store))
    }
    #expect(rates[1] < rates[0], "\(rates)")
  }

  @Test func `a model that is its own teacher has nothing to learn from it`() throws {
    let model = try TrainerTests.model()
    let weights = model.initialTensors(seed: 4)
    let task = try TrainerTests.trainer(TrainerTests.settings(1)).task
    let batch = try Teacher(model, weights: weights, threadCount: 1)
      .teaching(task.batch(from: 0, count: 4, seed: 1))
    let store = ParameterStore(weights)
    let session = try TrainingSession(
      try model.graph(
        for: .distilling(dropout: 0, labelSmoothing: 0, teacherShare: 1, temperature: 2)),
      store, loss: "loss", threadCount: 1)
    let loss = try session.run(batch.inputs, addingGradientsTimes: 1)[0].elements(of: Float.self)[0]
    #expect(abs(loss) < 1e-6)
    #expect(store.gradients.indices.allSatisfy { abs(store.gradients[$0]) < 1e-5 })
  }

  @Test func `gradual pruning rises in a cubic, and its rate falls in cycles`() {
    var pruning = GradualPruning()
    pruning.sparsity = 0.9
    #expect(pruning.sparsity(after: 0) == 0.5)
    #expect(abs(pruning.sparsity(after: 0.4) - 0.85) < 1e-12)
    #expect(pruning.sparsity(after: 0.8) == 0.9 && pruning.sparsity(after: 1) == 0.9)
    let rates = (1...5).map { pruning.rate(1, step: $0, epochStepCount: 2) }
    #expect(rates[0] == 1 && rates[4] == 1)
    #expect(zip(rates.prefix(4), rates.prefix(4).dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func `levels are shares of what there was at first`() {
    var recovery = Recovery()
    recovery.sparsity = 0.9
    #expect(recovery.levels.map { ($0 * 100).rounded() } == [15, 30, 45, 60, 75, 90])
    recovery.sparsity = 0.4
    #expect(recovery.levels.map { ($0 * 100).rounded() } == [15, 30, 40])
  }

  @Test func `levels without end are refused`() {
    for change in [
      { (recovery: inout Recovery) in recovery.greatestEpochCount = .infinity },
      { $0.greatestEpochCount = 1e30 }, { $0.greatestEpochCount = .nan }, { $0.share = 1e-30 },
      { $0.share = .nan }, { $0.tolerance = .nan },
    ] {
      var recovery = Recovery()
      recovery.sparsity = 0.5
      change(&recovery)
      #expect(throws: TrainingError.self) { try recovery.require() }
    }
  }
}
