import TLCCore
import TLCModel
public import TLCSystem
public import TLCTraining

/// A training of a model from its first step to its last, with its state kept on the way.
public struct ModelTraining {
  /// The model, before it is trained.
  public var model: TrainedModel
  /// What it learns.
  public var task: any TrainingTask
  /// How.
  public var settings: TrainingSettings
  /// Where its state is kept; `nil` for nowhere.
  public var state: TrainingStateFile?
  /// After how many steps its state is kept.
  public var interval: Int
  /// Whether it goes on from the state that is kept, where there is one.
  public var isResumed = false

  /// A training.
  public init(
    _ model: TrainedModel, task: any TrainingTask, settings: TrainingSettings,
    state: TrainingStateFile? = nil, interval: Int = 100
  ) {
    self.model = model
    self.task = task
    self.settings = settings
    self.state = state
    self.interval = interval
  }

  /// What tells a training from another, in the words of options: `depth 4, steps 1000`. The number of
  /// threads does not count.
  ///
  /// - Parameters:
  ///   - trained: the model, before it is trained.
  ///   - task: what it learns.
  ///   - settings: how.
  ///   - data: of the files that it learns from.
  public static func description(
    _ trained: TrainedModel, _ task: any TrainingTask, _ settings: TrainingSettings, data: Digest
  ) -> String {
    let model = trained.model
    let shape = model.shape
    // What options, files and this package's own order of examples come to.
    let first = task.batch(from: 0, count: settings.batchCount, seed: settings.seed).inputs
    let (rate, optimizer) = (settings.rate, settings.optimizer)
    let head =
      switch model.head {
      case .maskedTokens: "masked tokens"
      case .classes(let count): "classes \(count)"
      case .decoder(let depth): "decoder depth \(depth)"
      }
    return [
      "vocabulary \(shape.vocabularyCount)", "width \(shape.width)", "depth \(shape.depth)",
      "heads \(shape.headCount)", "inner \(shape.innerWidth)", "sequence \(shape.sequenceCount)",
      "padding \(shape.paddingID)", "norms' epsilon \(shape.epsilon)",
      "positions \(shape.positions.rawValue)", head, "steps \(settings.stepCount)",
      "batch \(settings.batchCount)", "parts \(settings.partCount)", "rate \(rate.peak)",
      "warmup \(rate.warmupCount)", "schedule \(rate.decay.rawValue)",
      "cooldown \(rate.cooldownShare)", "beta1 \(optimizer.beta1)", "beta2 \(optimizer.beta2)",
      "epsilon \(optimizer.epsilon)", "weight decay \(optimizer.decay)",
      "clip \(optimizer.greatestNorm ?? 0)", "dropout \(settings.dropout)",
      "label smoothing \(settings.labelSmoothing)", "seed \(settings.seed)", "data \(data.hex)",
      "\(TrainingStateFile.firstBatch) \(digest(first).hex)",
      "\(TrainingStateFile.firstWeights) \(digest(trained.weights).hex)",
    ].joined(separator: ", ")
  }

  private static func digest(_ tensors: [String: Tensor]) -> Digest {
    var hasher = Digest.Hasher()
    for (name, tensor) in tensors.sorted(by: { $0.key.precedesInUTF8($1.key) }) {
      hasher.update(Array("\(name) \(tensor.shape)\n".utf8).span)
      hasher.update(tensor.bytes.span)
    }
    return hasher.finalize()
  }

  /// Trains.
  ///
  /// - Parameter progress: is told of each step; may throw, to end the training.
  /// - Returns: the model, and the time that it took to train.
  /// - Throws: `TrainingError` where it cannot start or go on.
  public func run(
    progress: (TrainingProgress) throws -> Void = { _ in }
  ) throws -> TrainedModel {
    let graph = try model.model.graph(
      for: .training(dropout: settings.dropout, labelSmoothing: settings.labelSmoothing))
    let store = ParameterStore(model.weights)
    let trainer = try Trainer(graph, store, task: task, settings: settings)
    if let state, isResumed {
      try trainer.restore(try state.read())
    }
    var meter = TrainingMeter(stepCount: settings.stepCount, workPerToken: workPerToken)
    let parallelism = Parallelism(threads: settings.threadCount)
    while !trainer.isDone {
      let step = try trainer.step()
      if let state, step.number % interval == 0 || trainer.isDone {
        try state.write(trainer.state, seed: settings.seed, parallelism: parallelism)
      }
      try progress(meter.progress(after: step))
    }
    var trained = model
    trained.weights = store.tensors()
    return trained
  }

  private var workPerToken: Double {
    if case .decoder = model.model.head { return 0 }
    guard let masked = task as? MaskedTokenTask else {
      return model.model.shape.workPerToken(sequence: model.model.shape.sequenceCount, predicted: 0)
    }
    return model.model.shape.workPerToken(
      sequence: masked.sequenceCount, predicted: MaskedTokenTask.predictedShare)
  }
}

extension TrainedModel {
  /// A task of masked tokens of a text.
  public func task(
    of corpus: TextCorpus, parallelism: Parallelism = .automatic
  ) throws -> MaskedTokenTask {
    let tokenizer = try tokenizer()
    func tokens(_ paragraphs: [String]) throws -> [Int32] {
      try TextCorpus.tokens(
        of: paragraphs, tokenizer, end: special.end, parallelism: parallelism)
    }
    return try MaskedTokenTask(
      training: try tokens(corpus.training), measuring: try tokens(corpus.measuring),
      sequenceCount: model.shape.sequenceCount, vocabularyCount: model.shape.vocabularyCount,
      special: special)
  }

  /// Measures the model on what a task holds out.
  public func measure(
    _ task: any TrainingTask, batchCount: Int = 32, threadCount: Int
  ) throws -> Measurement {
    try Measurement(
      try model.graph(for: .measuring), ParameterStore(weights), task: task,
      batchCount: batchCount, threadCount: threadCount)
  }
}
