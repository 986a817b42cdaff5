internal import TLCCore
internal import TLCSystem
internal import TLCTraining

extension StudyRunner {
  /// Measures a model as all are measured: validation, test, and the blocks that they are made of.
  ///
  /// - Parameters:
  ///   - task: the name of its task; `nil` for masked tokens.
  ///   - masked: what to measure those with; `nil` for all that there is.
  func measure(
    _ model: TrainedModel, task: String?, masked: MaskedTokenTask? = nil
  ) throws -> Members {
    let session = try TrainingSession(
      try model.model.graph(for: .measuring), ParameterStore(model.weights),
      threadCount: parallelism.threads)
    return try measure(session, task: measuredTask(task, model, masked))
  }

  /// What a model is measured with: a task of its own for validation and for test where it has
  /// labels.
  enum MeasuredTask {
    case masked(MaskedTokenTask)
    case labelled(validation: ClassificationTask, test: ClassificationTask)
  }

  func measure(_ session: TrainingSession, task: MeasuredTask) throws -> Members {
    func parts(_ task: any TrainingTask) throws -> [Measurement.Part] {
      try Measurement.parts(session, task: task, batchCount: StudyData.blockCount)
    }
    let (validation, test): ([Measurement.Part], [Measurement.Part])
    switch task {
    case .masked(let task):
      let all = try parts(task)
      validation = all.enumerated().filter { $0.offset % 2 == 0 }.map { $0.element }
      test = all.enumerated().filter { $0.offset % 2 == 1 }.map { $0.element }
    case .labelled(let first, let second):
      validation = try parts(first)
      test = try parts(second)
    }
    return [
      ("validation", Self.json(try .combining(validation))),
      ("test", Self.json(try .combining(test))),
      (
        "blocks",
        .array(
          test.map {
            .array([.number($0.lossSum), .count($0.rightCount), .count($0.labelCount)])
          })
      ),
    ]
  }

  /// A measurement of a training on its way.
  func point(_ session: TrainingSession) throws -> StrictJSON {
    Self.json(
      try Measurement(session, task: data.points, batchCount: StudyData.blockCount))
  }

  static func json(_ measurement: Measurement) -> StrictJSON {
    .object([
      ("loss", .number(measurement.loss)), ("perplexity", .number(measurement.perplexity)),
      ("accuracy", .number(measurement.accuracy)), ("labels", .count(measurement.labelCount)),
    ])
  }

  private func measuredTask(
    _ task: String?, _ model: TrainedModel, _ masked: MaskedTokenTask?
  ) throws -> MeasuredTask {
    guard let task, let texts = data.tasks[task] else { return .masked(masked ?? data.masked) }
    return .labelled(
      validation: try classification(texts, measuring: texts.validation, model),
      test: try classification(texts, measuring: texts.test, model))
  }

  /// A task of texts with labels, measured with some.
  func classification(
    _ texts: StudyData.Labelled, measuring: [ClassificationTask.Example], _ model: TrainedModel
  ) throws -> ClassificationTask {
    try ClassificationTask(
      training: texts.training, measuring: measuring, classCount: texts.labels.count,
      sequenceCount: plan.sequenceCount, paddingID: model.special.padding)
  }
}
