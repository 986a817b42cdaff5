public import TLCCore
internal import TLCKernels
import TLCModel

/// Prunes a model step by step, and trains it after each until it is nearly as good as it was (Li et
/// al., 2020); then, where that is asked for, trains it on the grid that it will be stored on.
public struct Recovery: Sendable {
  /// What a level did.
  public struct Level: Equatable, Sendable {
    /// The share of the weights that are zero.
    public var sparsity: Double
    /// The bits of a code; `nil` where weights are not rounded.
    public var bits: Int?
    /// The accuracy before any training.
    public var before: Double
    /// The accuracy in the end.
    public var after: Double
    /// The steps that were trained.
    public var stepCount: Int
    /// The epochs that these were.
    public var epochCount: Double
    /// Whether the accuracy came near enough to what it was, before the epoch was over.
    public var isRecovered: Bool

    /// What a level did.
    public init(
      sparsity: Double, bits: Int?, before: Double, after: Double, stepCount: Int,
      epochCount: Double, isRecovered: Bool
    ) {
      self.sparsity = sparsity
      self.bits = bits
      self.before = before
      self.after = after
      self.stepCount = stepCount
      self.epochCount = epochCount
      self.isRecovered = isRecovered
    }
  }

  /// Which weights are pruned and rounded.
  public var weights = PrunableWeights()
  /// The share of the weights, as they were at first, that a level drops.
  public var share = 0.15
  /// The share that is dropped in the end; 0 for none.
  public var sparsity = 0.0
  /// The bits of a code in the end; `nil` for no rounding.
  public var bits: Int?
  /// The share of the accuracy at first that ends a level.
  public var tolerance = 0.995
  /// After how many steps the accuracy is measured.
  public var interval = 50
  /// The most epochs of a level.
  public var greatestEpochCount = 1.0

  /// A recovery; the rest is set through its properties.
  public init() {}

  /// Requires that what is asked for makes sense.
  public func require() throws(TrainingError) {
    guard share > 0, share <= 1, sparsity >= 0, sparsity < 1 else {
      throw .settings("a sparsity of \(sparsity) in levels of \(share), not of 0 to below 1")
    }
    guard sparsity / share <= 1000 else {
      throw .settings("levels of \(share) are too small: they are \(sparsity / share), above 1000")
    }
    if let bits, !(2...16).contains(bits) { throw .settings("\(bits) bits are not 2 to 16") }
    guard tolerance > 0, tolerance <= 1, interval > 0 else {
      throw .settings("a tolerance of \(tolerance), measured each \(interval) steps")
    }
    guard greatestEpochCount > 0, greatestEpochCount <= 10_000 else {
      throw .settings("levels of \(greatestEpochCount) epochs, not of above 0 to 10000")
    }
    guard sparsity > 0 || bits != nil else {
      throw .settings("neither a sparsity nor bits are asked for")
    }
  }

  /// The shares that are dropped, level by level.
  public var levels: [Double] {
    guard sparsity > 0 else { return [] }
    let count = Int((sparsity / share - 1e-9).rounded(.up))
    return (1...max(1, count)).map { min(sparsity, share * Double($0)) }
  }

  /// Recovers a model.
  ///
  /// - Parameters:
  ///   - model: its shape and head.
  ///   - tensors: its weights, by name.
  ///   - task: what it learns, and is measured with.
  ///   - settings: how it is trained; the steps are those of the epochs of a level.
  ///   - past: what a recovery of the same model was when it was stopped, weights and levels: it goes
  ///     on behind them, to the same bits. `nil` for nothing.
  ///   - observe: is told of each level and of its weights, which are not rounded; may throw, to end
  ///     it all.
  ///   - progress: is told of each step of a level; may throw too.
  /// - Returns: the weights, and the levels.
  public func run(
    _ model: EncoderModel, weights tensors: [String: Tensor], task: any TrainingTask,
    settings: TrainingSettings,
    after past: (weights: [String: Tensor], levels: [Level])? = nil,
    observing observe: (Level, ParameterStore) throws -> Void = { _, _ in },
    progress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> (weights: [String: Tensor], levels: [Level]) {
    try require()
    var settings = settings
    let epoch = max(1, task.exampleCount / settings.batchCount)
    settings.stepCount = max(1, Int((Double(epoch) * greatestEpochCount).rounded(.up)))
    settings.rate.warmupCount = min(settings.rate.warmupCount, settings.stepCount)
    try settings.require()
    let store = ParameterStore(tensors)
    let measuring = try TrainingSession(
      try model.graph(for: .measuring), store, threadCount: settings.threadCount)
    let graph = try model.graph(
      for: .training(dropout: settings.dropout, labelSmoothing: settings.labelSmoothing))
    func accuracy(_ constraint: (any WeightConstraint)?) throws -> Double {
      constraint?.willRun(store)
      defer { constraint?.didRun(store) }
      return try Measurement(measuring, task: task, batchCount: settings.batchCount).accuracy
    }
    let target = tolerance * (try accuracy(nil))
    let masks = MaskConstraint(weights, of: store)
    var done = past?.levels ?? []
    if let past { try resume(past, store, masks, &settings) }
    func train(_ constraint: any WeightConstraint, bits: Int?) throws {
      var level = Level(
        sparsity: Double(masks.droppedCount) / Double(max(1, masks.count)), bits: bits,
        before: try accuracy(constraint), after: 0, stepCount: 0, epochCount: 0,
        isRecovered: false)
      level.after = level.before
      // Examples go on where the level before ended: another order each time.
      settings.seed &+= 1
      let trainer = try Trainer(graph, store, task: task, settings: settings)
      trainer.constraint = constraint
      var meter = TrainingMeter(stepCount: settings.stepCount)
      while level.after < target, !trainer.isDone {
        try progress(meter.progress(after: try trainer.step()))
        guard trainer.stepCount % interval == 0 || trainer.isDone else { continue }
        level.after = try accuracy(constraint)
      }
      level.stepCount = trainer.stepCount
      level.epochCount = Double(trainer.stepCount) / Double(epoch)
      level.isRecovered = level.after >= target
      done.append(level)
      try observe(level, store)
    }
    for share in levels.dropFirst(done.count) {
      masks.drop(share: share, of: store)
      try train(masks, bits: nil)
    }
    if let bits, done.count == levels.count {
      let grid = GridConstraint(weights, of: store, bits: bits)
      try train(ConstraintList([grid, masks]), bits: bits)
    }
    return (store.tensors(), done)
  }
  /// Puts weights, masks and the order of examples where a level left them.
  private func resume(
    _ past: (weights: [String: Tensor], levels: [Level]), _ store: ParameterStore,
    _ masks: MaskConstraint, _ settings: inout TrainingSettings
  ) throws(TrainingError) {
    guard past.levels.count <= levels.count + (bits == nil ? 0 : 1) else {
      throw .state("\(past.levels.count) levels are done, of \(levels.count)")
    }
    for parameter in store.parameters {
      guard let tensor = past.weights[parameter.name], tensor.dtype == .f32,
        tensor.shape == parameter.shape
      else {
        throw .state("it has no weight \"\(parameter.name)\", f32 of shape \(parameter.shape)")
      }
      store[parameter].set(tensor)
    }
    settings.seed &+= UInt64(past.levels.count)
    // What was dropped is 0, and so the least.
    if let share = levels.prefix(past.levels.count).last { masks.drop(share: share, of: store) }
  }
}
