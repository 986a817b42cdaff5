internal import TLCCore
internal import TLCFormat
internal import TLCSystem
internal import TLCTraining

extension StudyRunner {
  /// Trains a model on a task.
  func fineTune(_ job: StudyJob, _ model: StudyModel) throws -> Members {
    guard let task = plan.tasks.first(where: { $0.name == model.task }),
      let texts = data.tasks[task.name]
    else { return [] }
    var source = model
    source.task = nil
    let start = try TrainedModel(path: path(source), parallelism: parallelism)
      .classifying(texts.labels, seed: model.seed)
    let count = max(
      1, (texts.training.count * task.epochCount + task.batchCount - 1) / task.batchCount)
    var training = ModelTraining(
      start, task: try classification(texts, measuring: texts.validation, start),
      settings: settings(of: task, model.shape, stepCount: count, seed: model.seed),
      state: TrainingStateFile(path: statePath(job), training: job.name), interval: 200)
    training.isResumed = isThere(statePath(job))
    let trained = try training.run { try report("step \($0.step.number)/\($0.stepCount)") }
    try trained.write(
      to: path(model), overwriting: true, seed: model.seed, parallelism: parallelism)
    return [("steps", .count(count))] + (try files(path(model), trained))
      + (try measure(trained, task: task.name))
  }

  func settings(
    of task: StudyPlan.Task, _ shape: StudyPlan.Shape, stepCount: Int, seed: UInt64
  ) -> TrainingSettings {
    var settings = TrainingSettings(
      stepCount: stepCount, batchCount: task.batchCount,
      rate: LearningRate(
        peak: plan.rate(task.rate, for: shape), warmupCount: stepCount / 10),
      dropout: task.dropout, seed: seed, threadCount: parallelism.threads)
    settings.optimizer.decay = plan.decay
    return settings
  }

  /// Compresses a model as any other file is, and measures what the file holds.
  func compress(_ model: StudyModel, _ way: CompressionWay) throws -> Members {
    let output = "\(folder)/models/\(model.name)-\(way.name).tlcq"
    var conversion = Conversion(
      input: path(model), output: output, recipe: way.recipe(tables: plan.tablePattern))
    conversion.overwriting = true
    conversion.recordsProbes = false
    conversion.parallelism = parallelism
    if case .trellis = way.rounding {
      conversion.calibrationData =
        model.task.flatMap { data.calibration.tasks[$0] } ?? data.calibration.texts
    }
    let written = try conversion.run()
    let compressed = try TrainedModel(path: output, parallelism: parallelism)
    let source = try TrainedModel(path: path(model), parallelism: parallelism)
    let bits: Int? = if case .minMax(let bits) = way.rounding { bits } else { nil }
    var members: Members = [
      ("way", .string(way.name)), ("bits", bits.map { .count($0) } ?? .null),
      ("sparsity", .number(model.recovered ?? way.sparsity)),
      (
        "pruning",
        .string(model.recovered != nil ? "iterative" : way.sparsity > 0 ? "one-shot" : "none")
      ),
      ("root", .string(written.rootDigest?.hex ?? "")),
    ]
    if case .trellis(let step) = way.rounding { members.append(("step", .number(step))) }
    members += try files(output, compressed)
    members += Self.errors(of: compressed, from: source)
    members += try addingBLEU(
      ["test"], to: try measure(compressed, task: model.task, by: data.compressed), file: output)
    if !plan.compression.keepsFiles { remove(output) }
    return members
  }

  /// The bytes of a file and of its parts, and how many of its numbers are not 0.
  func files(_ path: String, _ model: TrainedModel) throws -> Members {
    let checkpoint = try Checkpoint(path: path)
    let tensors = checkpoint.tensors.reduce(0) {
      $0 + TensorSummary($1, in: checkpoint.main).storedByteCount
    }
    let nonzero = model.weights.values.reduce(0) { sum, tensor in
      sum + tensor.withElements(of: Float.self) { span in span.indices.count { span[$0] != 0 } }
    }
    return [
      ("bytes", .count(checkpoint.byteCount)), ("tensor_bytes", .count(tensors)),
      ("nonzero", .count(nonzero)),
    ]
  }

  /// ‖W − Ŵ‖² / ‖W‖² of matrices: of all together, and the mean of those of a kind.
  static func errors(of compressed: TrainedModel, from source: TrainedModel) -> Members {
    var kinds: [String: [Double]] = [:]
    var whole = (difference: 0.0, total: 0.0)
    for (name, tensor) in source.weights.sorted(by: { $0.key < $1.key })
    where tensor.shape.rank == 2 {
      guard let other = compressed.weights[name] else { continue }
      var (difference, total) = (0.0, 0.0)
      for (x, y) in zip(tensor.elements(of: Float.self), other.elements(of: Float.self)) {
        difference += Double(x - y) * Double(x - y)
        total += Double(x) * Double(x)
      }
      whole = (whole.difference + difference, whole.total + total)
      let kind = name.split(separator: ".").filter { Int($0) == nil }
        .joined(separator: ".").replacing("roberta_prelayernorm.", with: "")
        .replacing("encoder.layer.", with: "").replacing(".weight", with: "")
      kinds[kind, default: []].append(total > 0 ? difference / total : 0)
    }
    let means = kinds.keys.sorted().map { kind in
      let all = kinds[kind, default: []]
      return (key: kind, value: StrictJSON.number(all.reduce(0, +) / Double(max(1, all.count))))
    }
    let error = whole.total > 0 ? whole.difference / whole.total : 0
    return [("error", .number(error)), ("errors", .object(means))]
  }
}
