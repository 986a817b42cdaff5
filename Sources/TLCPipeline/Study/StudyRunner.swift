internal import Foundation
internal import TLCCore
internal import TLCSystem
internal import TLCTraining

/// Does the jobs of a study.
struct StudyRunner: Sendable {
  typealias Members = [(key: String, value: StrictJSON)]

  let plan: StudyPlan
  let folder: String
  let data: StudyData
  let results: StudyResults
  let parallelism: Parallelism
  /// Says what goes on.
  let report: @Sendable (String) throws -> Void

  /// Does a job, and returns its results.
  func run(_ job: StudyJob) throws -> Members {
    switch job.work {
    case .benchmark(let shape): try benchmark(shape, batch: plan.batchCount)
    case .batchBenchmark(let shape, let batch): try benchmark(shape, batch: batch)
    case .batchCheck(let shape, let batch, let seed): try checkBatch(job, shape, batch, seed)
    case .rateCheck(let shape, let rate, let seed): try checkRate(job, shape, rate, seed)
    case .train(let shape, let seed): try train(job, shape, seed)
    case .cooldown(let model): try coolDown(job, model)
    case .fineTune(let model): try fineTune(job, model)
    case .recover(let model): try recover(job, model)
    case .compress(let model, let way): try compress(model, way)
    }
  }

  /// Removes what a job that is done kept to go on from.
  func clean(_ job: StudyJob) {
    for path in [statePath(job), tracePath(job)] { remove(path) }
    if case .cooldown(let model) = job.work { remove(branchPath(model)) }
  }

  func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  /// Where a training's state is kept.
  func statePath(_ job: StudyJob) -> String { "\(folder)/states/\(job.name).tlcq" }

  /// Where what a training measured is kept.
  func tracePath(_ job: StudyJob) -> String { "\(folder)/states/\(job.name).jsonl" }

  /// Where the state is kept that a cooldown begins with.
  func branchPath(_ model: StudyModel) -> String { "\(folder)/\(model.branchPath)" }

  func path(_ model: StudyModel) -> String { "\(folder)/\(model.path)" }

  /// The seconds of a step, as the benchmark measured them.
  func stepSeconds(_ shape: StudyPlan.Shape, batch: Int? = nil) throws -> Double {
    let name = plan.benchmark(shape, batch: batch ?? plan.batchCount).name
    guard let seconds = results[name]?["median_seconds"]?.double else {
      throw StudyError(path: "\(folder)/\(Study.resultsName)", "has no \(name)")
    }
    return seconds
  }

  /// The operations of a training step.
  func stepWork(_ shape: StudyPlan.Shape, _ batch: StudyBatch) -> Double {
    switch data.source {
    case .masked:
      return StudyEstimate(plan).work(shape) * (batch.textCount / Double(plan.batchCount))
    case .pairs(let pairs):
      let (source, target) = pairs.meanLengths
      return plan.pairWork(shape, source: source, target: target) * batch.textCount
    }
  }

  func newModel(_ shape: StudyPlan.Shape, seed: UInt64) throws -> TrainedModel {
    try TrainedModel(
      plan.encoderShape(shape), head: plan.head(shape), tokenizer: data.tokenizer, seed: seed)
  }

  /// Settings of a training from the start.
  func settings(
    stepCount: Int, _ batch: StudyBatch, warmupCount: Int, rate: Float, decay: LearningRate.Decay,
    seed: UInt64
  ) -> TrainingSettings {
    var settings = TrainingSettings(
      stepCount: stepCount, batchCount: batch.exampleCount,
      rate: LearningRate(
        peak: rate, warmupCount: warmupCount, decay: decay, cooldownShare: plan.cooldownShare),
      dropout: plan.dropout, seed: seed, threadCount: parallelism.threads)
    settings.optimizer.decay = plan.decay
    settings.labelSmoothing = plan.labelSmoothing
    return settings
  }
}

extension StudyJob {
  /// What every result of the job says of it.
  var members: StudyRunner.Members {
    var members: StudyRunner.Members = [
      ("job", .string(name)), ("kind", .string(kind)), ("depth", .count(shape.depth)),
      ("width", .count(shape.width)),
    ]
    switch work {
    case .benchmark: break
    case .batchBenchmark(_, let batch): members.append(("batch", .count(batch)))
    case .batchCheck(_, let batch, let seed):
      members += [("seed", .number("\(seed)")), ("batch", .count(batch))]
    case .rateCheck(_, let rate, let seed):
      members += [("seed", .number("\(seed)")), ("rate", .number("\(rate)"))]
    case .train(_, let seed): members.append(("seed", .number("\(seed)")))
    case .cooldown(let model), .fineTune(let model), .recover(let model),
      .compress(let model, _):
      members += [
        ("seed", .number("\(model.seed)")), ("budget", .number(model.budget)),
        ("model", .string(model.name)),
      ]
      if let task = model.task { members.append(("task", .string(task))) }
    }
    return members
  }
}
