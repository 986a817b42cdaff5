public import TLCCore
import TLCModel

/// Prunes a model while it is trained, a little at a time (Zhu and Gupta, 2017), in the way of GMP★
/// (Kurtic and Alistarh, 2022): a large first step, then a cubic rise, with a learning rate that rises
/// again and again, and with the dense model as a teacher.
public struct GradualPruning: Sendable {
  /// What an epoch ended with.
  public struct Epoch: Equatable, Sendable {
    /// Its number, from 1.
    public var number: Int
    /// The share of the weights that are zero.
    public var sparsity: Double
    /// The accuracy on what is held out, with the weights as they will be stored.
    public var accuracy: Double
    /// The mean loss of its steps.
    public var loss: Double
  }

  /// Which weights are pruned and rounded.
  public var weights = PrunableWeights()
  /// The share that is pruned in the end; 0 for none.
  public var sparsity = 0.9
  /// The share that is pruned at first.
  public var firstSparsity = 0.5
  /// How many epochs there are.
  public var epochCount = 10
  /// The share of the steps after which no more is pruned.
  public var pruningShare = 0.8
  /// How often weights are pruned in an epoch.
  public var stepsAnEpoch = 10
  /// The epochs over which the learning rate falls, before it starts anew.
  public var cycleCount = 2
  /// What of the loss is that of the teacher; 0 for labels alone.
  public var teacherShare: Float = 1
  /// What scores are divided by before they are compared with the teacher's.
  public var temperature: Float = 2
  /// The bits of a code, for the epochs after all is pruned; `nil` for no rounding.
  public var bits: Int?
  /// What a bit of the mean weight counts, in nats of the loss, where weights are rounded.
  public var ratePenalty: Float = 0

  /// Pruning as the paper has it; the rest is set through its properties.
  public init() {}

  /// Requires that what is asked for makes sense.
  public func require() throws(TrainingError) {
    guard sparsity >= 0, sparsity < 1, firstSparsity >= 0, firstSparsity < 1 else {
      throw .settings("a sparsity of \(firstSparsity) to \(sparsity), not of 0 to below 1")
    }
    guard epochCount > 0, pruningShare > 0, pruningShare <= 1, stepsAnEpoch > 0, cycleCount > 0
    else {
      throw .settings(
        "\(epochCount) epochs, of which \(pruningShare) prune \(stepsAnEpoch) times each, in cycles"
          + " of \(cycleCount)")
    }
    guard (0...1).contains(teacherShare), temperature > 0, temperature.isFinite else {
      throw .settings("a teacher's share of \(teacherShare) at a temperature of \(temperature)")
    }
    if let bits, !(2...16).contains(bits) { throw .settings("\(bits) bits are not 2 to 16") }
    guard ratePenalty >= 0, ratePenalty.isFinite, ratePenalty == 0 || bits != nil else {
      throw .settings("a rate penalty of \(ratePenalty) is below 0, or there are no bits")
    }
    guard sparsity > 0 || bits != nil else {
      throw .settings("neither a sparsity nor bits are asked for")
    }
  }

  /// The share that is pruned after so large a share of the steps: s + (s₀ − s)(1 − t)³, where t is
  /// that share over ``pruningShare``.
  public func sparsity(after share: Double) -> Double {
    let left = 1 - min(1, max(0, share / pruningShare))
    return sparsity + (min(firstSparsity, sparsity) - sparsity) * left * left * left
  }

  /// The learning rate of a step, from 1: it falls from its peak to a hundredth in a line over a
  /// cycle, and starts anew.
  public func rate(_ peak: Float, step: Int, epochStepCount: Int) -> Float {
    let length = max(1, cycleCount * epochStepCount)
    let share = Float((step - 1) % length) / Float(length)
    return peak * (1 - 0.99 * share)
  }

  /// Prunes and trains a model.
  ///
  /// - Parameters:
  ///   - model: its shape and head.
  ///   - tensors: its weights, by name: those of the teacher too.
  ///   - task: what it learns, and is measured with.
  ///   - settings: how it is trained; the steps are those of the epochs.
  ///   - observe: is told of each epoch; may throw, to end it all.
  ///   - progress: is told of each step; may throw too.
  /// - Returns: the weights; those that are rounded are stored on the grid of ``GridConstraint``.
  public func run(
    _ model: EncoderModel, weights tensors: [String: Tensor], task: any TrainingTask,
    settings: TrainingSettings, observing observe: (Epoch) throws -> Void = { _ in },
    progress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> [String: Tensor] {
    try require()
    var settings = settings
    let epoch = max(1, task.exampleCount / settings.batchCount)
    settings.stepCount = epoch * epochCount
    settings.rate.warmupCount = min(settings.rate.warmupCount, settings.stepCount)
    let peak = settings.rate.peak
    let store = ParameterStore(tensors)
    let isTaught = teacherShare > 0
    let trainer = try Trainer(
      try model.graph(
        for: isTaught
          ? .distilling(
            dropout: settings.dropout, labelSmoothing: settings.labelSmoothing,
            teacherShare: teacherShare, temperature: temperature)
          : .training(dropout: settings.dropout, labelSmoothing: settings.labelSmoothing)),
      store, task: task, settings: settings)
    if isTaught {
      let teacher = try Teacher(model, weights: tensors, threadCount: settings.threadCount)
      trainer.preparing = { try teacher.teaching($0) }
    }
    let measuring = try TrainingSession(
      try model.graph(for: .measuring), store, threadCount: settings.threadCount)
    let masks = MaskConstraint(weights, of: store)
    trainer.constraint = masks
    trainer.rate = { rate(peak, step: $0, epochStepCount: epoch) }
    var grid: GridConstraint?
    var loss = 0.0
    var meter = TrainingMeter(stepCount: settings.stepCount)
    while !trainer.isDone {
      let done = trainer.stepCount
      if done % max(1, epoch / stepsAnEpoch) == 0 {
        masks.drop(
          share: sparsity(after: Double(done) / Double(settings.stepCount)), of: store)
      }
      if let bits, grid == nil, Double(done) >= pruningShare * Double(settings.stepCount) {
        let found = GridConstraint(weights, of: store, bits: bits)
        grid = found
        // The penalty is the first, so that after a run it sees weights that are not rounded.
        let penalties =
          ratePenalty > 0
          ? [RatePenalty(weights, of: store, bits: bits, strength: ratePenalty)] : []
        trainer.constraint = ConstraintList(penalties + [found, masks])
      }
      let step = try trainer.step()
      loss += step.loss
      try progress(meter.progress(after: step))
      guard trainer.stepCount % epoch == 0 else { continue }
      grid?.willRun(store)
      let measured = try Measurement(measuring, task: task, batchCount: settings.batchCount)
      grid?.didRun(store)
      try observe(
        Epoch(
          number: trainer.stepCount / epoch,
          sparsity: Double(masks.droppedCount) / Double(max(1, masks.count)),
          accuracy: measured.accuracy, loss: loss / Double(epoch)))
      loss = 0
    }
    return store.tensors()
  }
}
