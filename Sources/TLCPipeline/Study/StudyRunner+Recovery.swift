internal import TLCCore
internal import TLCSystem
internal import TLCTraining

extension StudyRunner {
  /// Prunes a model step by step, as the paper does, and keeps the model of each level; goes on behind
  /// the last one that is kept.
  func recover(_ job: StudyJob, _ model: StudyModel) throws -> Members {
    guard let task = plan.tasks.first(where: { $0.name == model.task }),
      let texts = data.tasks[task.name], let last = plan.recoveredSparsities.last
    else { return [] }
    var trained = try TrainedModel(path: path(model), parallelism: parallelism)
    var recovery = Recovery()
    (recovery.share, recovery.sparsity) = (plan.recoveredSparsities[0], last)
    func levelPath(_ place: Int) -> String {
      var kept = model
      kept.recovered = plan.recoveredSparsities[place]
      return path(kept)
    }
    // A level is written down when its model is there.
    let trace = try AppendedFile(path: tracePath(job))
    var levels = trace.lines.compactMap { Recovery.Level($0) }
    let past =
      try levels.isEmpty
      ? nil
      : TrainedModel(path: levelPath(levels.count - 1), parallelism: parallelism).weights
    let masked = try classification(texts, measuring: texts.validation, trained)
    _ = try recovery.run(
      trained.model, weights: trained.weights, task: masked,
      settings: settings(of: task, model.shape, stepCount: 1, seed: model.seed),
      after: past.map { ($0, levels) }
    ) { level, store in
      trained.weights = store.tensors()
      try trained.write(
        to: levelPath(levels.count), overwriting: true, seed: model.seed,
        parallelism: parallelism)
      try trace.append(level.record.json)
      levels.append(level)
      try report("level \(levels.count)/\(plan.recoveredSparsities.count)")
    }
    return [("levels", .array(levels.map { $0.record }))]
  }
}

extension Recovery.Level {
  /// What results say of the level.
  fileprivate var record: StrictJSON {
    .object([
      ("sparsity", .number(sparsity)), ("before", .number(before)), ("after", .number(after)),
      ("steps", .count(stepCount)), ("epochs", .number(epochCount)),
      ("recovered", .boolean(isRecovered)),
    ])
  }

  /// The level that a record is of; `nil` where it is none.
  fileprivate init?(_ line: String) {
    guard let record = StrictJSON(Array(line.utf8)), let sparsity = record["sparsity"]?.double,
      let before = record["before"]?.double, let after = record["after"]?.double,
      let stepCount = record["steps"]?.count, let epochCount = record["epochs"]?.double,
      case .boolean(let isRecovered) = record["recovered"]
    else { return nil }
    self.init(
      sparsity: sparsity, bits: nil, before: before, after: after, stepCount: stepCount,
      epochCount: epochCount, isRecovered: isRecovered)
  }
}
