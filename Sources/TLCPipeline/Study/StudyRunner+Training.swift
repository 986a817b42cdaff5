internal import Foundation
internal import TLCCore
internal import TLCSystem
internal import TLCTraining

extension StudyRunner {
  /// How often steps are timed on a machine that is not quiet.
  private static let benchmarkCount = 3

  /// Times steps of a shape, apart from any training. Where other work slows half of them down, they
  /// are timed again, and the least median counts.
  func benchmark(_ shape: StudyPlan.Shape, batch: Int) throws -> Members {
    let read = try data.batch(batch)
    var best: [Double] = []
    for _ in 0..<Self.benchmarkCount {
      let seconds = try timedSteps(shape, read)
      if best.isEmpty || seconds[seconds.count / 2] < best[best.count / 2] { best = seconds }
      if best[best.count / 2] <= StudyRecords.quiet * percentile(0.1, of: best) { break }
    }
    let model = try newModel(shape, seed: 0).model
    let median = best[best.count / 2]
    return [
      ("parameters", .count(model.parameterCount)),
      ("layer_parameters", .count(model.layerParameterCount)),
      ("steps", .count(best.count)), ("median_seconds", .number(median)),
      ("p10_seconds", .number(percentile(0.1, of: best))),
      ("p90_seconds", .number(percentile(0.9, of: best))),
      ("step_tokens", .count(read.tokenCount)),
      ("step_flops", .number(stepWork(shape, read))),
      ("gflops", .number(stepWork(shape, read) / median / 1e9)),
    ]
  }

  private func percentile(_ share: Double, of sorted: [Double]) -> Double {
    sorted[Int(Double(sorted.count - 1) * share)]
  }

  /// The seconds of steps, in order of size.
  private func timedSteps(_ shape: StudyPlan.Shape, _ read: StudyBatch) throws -> [Double] {
    let model = try newModel(shape, seed: 0)
    // The first steps plan memory and wake threads up.
    let warmup = 3
    let settings = settings(
      stepCount: plan.benchmarkStepCount + warmup, read, warmupCount: 1, rate: plan.rate,
      decay: .constant, seed: 0)
    let store = ParameterStore(model.weights)
    let trainer = try Trainer(
      try model.model.graph(
        for: .training(dropout: plan.dropout, labelSmoothing: plan.labelSmoothing)), store,
      task: read.task, settings: settings)
    var seconds: [Double] = []
    while !trainer.isDone {
      let step = try trainer.step()
      if step.number > warmup { seconds.append(step.seconds) }
      try report("step \(step.number)/\(settings.stepCount)")
    }
    return seconds.sorted()
  }

  /// Trains for a short time with another rate, with warm-up and cooldown.
  func checkRate(
    _ job: StudyJob, _ shape: StudyPlan.Shape, _ rate: Float, _ seed: UInt64
  ) throws -> Members {
    let seconds = try stepSeconds(shape)
    let count = plan.steps(of: plan.rateCheck?.budget ?? 0, stepSeconds: seconds).count
    let read = try data.batch(plan.batchCount)
    let settings = settings(
      stepCount: count, read, warmupCount: warmupCount(of: count),
      rate: plan.rate(rate, for: shape), decay: .cooldown, seed: seed)
    var training = ModelTraining(
      try newModel(shape, seed: seed), task: read.task, settings: settings,
      state: TrainingStateFile(
        path: statePath(job), training: "\(job.name), steps \(count), \(Self.order)"), interval: 200
    )
    training.isResumed = isThere(statePath(job))
    let model = try training.run { try report("step \($0.step.number)/\($0.stepCount)") }
    return [
      ("peak", .number("\(settings.rate.peak)")), ("steps", .count(count)),
      ("seconds", .number(Double(count) * seconds)),
    ] + (try measure(model, task: nil))
  }

  func isThere(_ path: String) -> Bool { (try? FileIdentity(path: path)) != nil }

  /// The places where the cooldowns of a shape's budgets begin.
  private func branches(
    _ shape: StudyPlan.Shape
  ) throws -> [(budget: Double, count: Int, branch: Int)] {
    let seconds = try stepSeconds(shape)
    return plan.budgets.map {
      let (count, branch) = plan.steps(of: $0, stepSeconds: seconds)
      return ($0, count, branch)
    }
  }

  /// The steps over which the rate of a training rises, at most half of its steps.
  func warmupCount(of steps: Int) -> Int { max(1, min(steps / 2, plan.warmupCount)) }

  private func trunk(_ shape: StudyPlan.Shape, seed: UInt64) throws -> String {
    "trunk \(shape.name) seed \(seed), \(plan.identity), data \(data.digest.hex), step"
      + " \(try stepSeconds(shape)), \(Self.order)"
  }

  /// The order of examples: another number where another version of this package draws another.
  private static let order = "order 2"

  /// Trains at a constant rate, and keeps the states that cooldowns begin with.
  func train(_ job: StudyJob, _ shape: StudyPlan.Shape, _ seed: UInt64) throws -> Members {
    let branches = try branches(shape)
    guard let first = branches.first, let last = branches.last else { return [] }
    let read = try data.batch(plan.batchCount)
    let settings = settings(
      stepCount: last.count, read, warmupCount: warmupCount(of: first.count),
      rate: plan.rate(plan.rate, for: shape), decay: .constant, seed: seed)
    let run = try StudyTraining(
      self, try newModel(shape, seed: seed), read.task, settings,
      state: TrainingStateFile(
        path: statePath(job), training: try trunk(shape, seed: seed)), trace: tracePath(job))
    let points = Self.points(from: settings.rate.warmupCount, to: last.branch, plan.pointCount)
    let places = Dictionary(
      branches.map { ($0.branch, $0.budget) }, uniquingKeysWith: { first, _ in first })
    try run.advance(to: last.branch, measuringAt: points) { step in
      // Budgets of a slow shape may begin their cooldowns at one step.
      for other in branches where places[step] != nil && other.branch == step {
        let model = StudyModel(shape: shape, seed: seed, budget: other.budget)
        // A training that is done again has cooldowns that are done.
        guard results[StudyJob(work: .cooldown(model), needs: []).name] == nil else { continue }
        try run.write(
          TrainingStateFile(path: branchPath(model), training: try trunk(shape, seed: seed)))
      }
    }
    let seconds = try stepSeconds(shape)
    return [
      ("steps", .count(last.branch)), ("warmup", .count(settings.rate.warmupCount)),
      ("points", .array(run.points(stepSeconds: seconds, stepWork: stepWork(shape, read)))),
    ]
  }

  /// Steps that are measured at, evenly spaced on a scale of logarithms.
  static func points(from first: Int, to last: Int, _ count: Int) -> Set<Int> {
    let (low, high) = (log(Double(max(1, first))), log(Double(max(1, last))))
    return Set(
      (0..<count).map {
        let share = count > 1 ? Double($0) / Double(count - 1) : 1
        return min(last, max(1, Int(exp(low + (high - low) * share).rounded())))
      } + [last])
  }

  /// Lets the rate of a training fall, and keeps the model.
  func coolDown(_ job: StudyJob, _ model: StudyModel) throws -> Members {
    let branches = try branches(model.shape)
    guard let first = branches.first, let own = branches.first(where: { $0.budget == model.budget })
    else { return [] }
    let read = try data.batch(plan.batchCount)
    let settings = settings(
      stepCount: own.count, read, warmupCount: warmupCount(of: first.count),
      rate: plan.rate(plan.rate, for: model.shape), decay: .cooldown, seed: model.seed)
    let trunk = try trunk(model.shape, seed: model.seed)
    let run = try StudyTraining(
      self, try newModel(model.shape, seed: model.seed), read.task, settings,
      state: TrainingStateFile(path: statePath(job), training: trunk), trace: tracePath(job),
      start: TrainingStateFile(path: branchPath(model), training: trunk))
    try run.advance(to: own.count, measuringAt: []) { _ in }
    let trained = run.trained
    try trained.write(
      to: path(model), overwriting: true, seed: model.seed, parallelism: parallelism)
    let seconds = try stepSeconds(model.shape)
    var members: Members = [
      ("parameters", .count(trained.model.parameterCount)),
      ("layer_parameters", .count(trained.model.layerParameterCount)),
      ("steps", .count(own.count)), ("seconds", .number(Double(own.count) * seconds)),
      ("flops", .number(Double(own.count) * stepWork(model.shape, read))),
      ("tokens", .count(own.count * read.tokenCount)),
      (
        "epochs",
        .number(Double(own.count * read.exampleCount) / Double(read.task.exampleCount))
      ),
      ("training_loss", .number(run.lastLoss)),
    ]
    members += try files(path(model), trained)
    return try addingBLEU(
      ["validation", "test"], to: members + (try measure(trained, task: nil)), file: path(model))
  }
}
