internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Trains a model on a task, step by step.
///
/// All that is drawn by chance is a function of the seed and of a step's number, so that the weights,
/// the optimizer's means and that number are the whole state.
public final class Trainer {
  /// What a step did.
  public struct Step: Equatable, Sendable {
    /// Its number, from 1.
    public var number: Int
    /// The mean loss of its labels.
    public var loss: Double
    /// The norm of the gradients before they were clipped.
    public var norm: Double
    /// The learning rate.
    public var rate: Float
    /// The tokens that it read.
    public var tokenCount: Int
    /// The seconds that it took.
    public var seconds: Double
  }

  /// The weights.
  public let parameters: ParameterStore
  /// The settings.
  public let settings: TrainingSettings
  /// The task.
  public let task: any TrainingTask
  /// What weights are held to; `nil` for nothing.
  public var constraint: (any WeightConstraint)?
  /// What is done to a part of a step's examples before it is run; `nil` for nothing.
  public var preparing: ((TrainingBatch) throws -> TrainingBatch)?
  /// The learning rate of a step, from 1, in place of that of the settings; `nil` for theirs.
  public var rate: ((Int) -> Float)?
  /// The optimizer.
  public let optimizer: AdamW
  private let session: TrainingSession

  /// Makes a trainer, before its first step.
  ///
  /// - Parameters:
  ///   - graph: with an output `loss`, the sum over labels; with the inputs of the task's batches, and
  ///     `dropout_seed`, `i64` [2], where there is dropout.
  ///   - parameters: its weights.
  ///   - task: what to learn.
  ///   - settings: how.
  public init(
    _ graph: Graph, _ parameters: ParameterStore, task: any TrainingTask,
    settings: TrainingSettings
  ) throws {
    try settings.require()
    self.parameters = parameters
    self.settings = settings
    self.task = task
    optimizer = AdamW(parameters, settings.optimizer, threadCount: settings.threadCount)
    session = try TrainingSession(
      graph, parameters, loss: "loss", threadCount: settings.threadCount)
  }

  /// The steps that were done.
  public var stepCount: Int { optimizer.stepCount }

  /// Whether all steps are done.
  public var isDone: Bool { stepCount >= settings.stepCount }

  /// Does the next step.
  ///
  /// - Throws: ``TrainingError/notFinite(step:tensor:)`` where a number is none any more; the weights
  ///   are then those of the step before.
  public func step() throws -> Step {
    let start = ContinuousClock.now
    let number = stepCount + 1
    let count = settings.batchCount / settings.partCount
    let first = (number - 1) * settings.batchCount
    let batches = try (0..<settings.partCount).map {
      let batch = task.batch(from: first + $0 * count, count: count, seed: settings.seed)
      return try preparing?(batch) ?? batch
    }
    let labelCount = batches.reduce(0) { $0 + $1.labelCount }
    guard labelCount > 0 else {
      throw TrainingError.data("the examples of step \(number) have no label that counts")
    }
    constraint?.willRun(parameters)
    var loss = 0.0
    for (part, batch) in batches.enumerated() {
      let inputs = withSeed(batch.inputs, step: number, part: part)
      let outputs = try session.run(inputs, addingGradientsTimes: 1 / Float(labelCount))
      let sum = outputs[0].elements(of: Float.self)[0]
      guard sum.isFinite else {
        let name = try session.firstNonFinite(inputs) ?? "loss"
        constraint?.didRun(parameters)
        parameters.gradients.fill(0)
        throw TrainingError.notFinite(step: number, tensor: name)
      }
      loss += Double(sum)
    }
    constraint?.didRun(parameters)
    let rate = self.rate?(number) ?? settings.rate.rate(step: number, of: settings.stepCount)
    let norm = try optimizer.step(rate: rate)
    try constraint?.didStep(parameters, number: number)
    return Step(
      number: number, loss: loss / Double(labelCount), norm: norm, rate: rate,
      tokenCount: batches.reduce(0) { $0 + $1.tokenCount },
      seconds: start.duration(to: .now).seconds)
  }

  private func withSeed(
    _ inputs: [String: Tensor], step: Int, part: Int
  ) -> [String: Tensor] {
    guard session.inputs.contains(where: { $0.name == "dropout_seed" }) else { return inputs }
    var inputs = inputs
    let seed = Int64(bitPattern: settings.seed &+ UInt64(part) &* 0x9E37_79B9_7F4A_7C15)
    inputs["dropout_seed"] = Tensor([seed, Int64(step)], shape: .vector(2))
    return inputs
  }

  /// The bytes of memory that activations and gradients of them take.
  public var activationByteCount: Int { session.planByteCount }
}

extension Duration {
  /// As a number of seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
