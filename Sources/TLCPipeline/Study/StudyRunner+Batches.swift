internal import TLCCore
internal import TLCTraining

extension StudyRunner {
  /// Trains for a short time with steps of another size, with warm-up and cooldown.
  func checkBatch(
    _ job: StudyJob, _ shape: StudyPlan.Shape, _ batch: Int, _ seed: UInt64
  ) throws -> Members {
    let seconds = try stepSeconds(shape, batch: batch)
    let (count, branch) = plan.steps(of: plan.batchCheck?.budget ?? 0, stepSeconds: seconds)
    let read = try data.batch(batch)
    let settings = settings(
      stepCount: count, read, warmupCount: warmupCount(of: count),
      rate: plan.rate(plan.rate(batch: batch), for: shape), decay: .cooldown, seed: seed)
    let run = try StudyTraining(
      self, try newModel(shape, seed: seed), read.task, settings,
      state: TrainingStateFile(
        path: statePath(job), training: "\(job.name), \(count) steps, \(plan.identity)"),
      trace: tracePath(job))
    let points = Self.points(from: settings.rate.warmupCount, to: branch, plan.pointCount)
    try run.advance(to: count, measuringAt: points.union([count])) { _ in }
    return [
      ("rate", .number("\(settings.rate.peak)")), ("steps", .count(count)),
      ("seconds", .number(Double(count) * seconds)), ("tokens", .count(count * read.tokenCount)),
      (
        "points",
        .array(
          run.points(
            stepSeconds: seconds, stepWork: stepWork(shape, read),
            stepTokens: read.tokenCount))
      ),
    ] + (try measure(run.trained, task: nil))
  }
}
