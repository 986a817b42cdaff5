internal import TLCCore
internal import TLCSystem
internal import TLCTraining

extension StudyRunner {
  /// Measures a model as all are measured: validation, test, and the blocks that they are made of.
  ///
  /// - Parameters:
  ///   - task: the name of its task; `nil` for what it was trained on at first.
  ///   - measured: what to measure that with; `nil` for all that there is.
  func measure(
    _ model: TrainedModel, task: String?, by measured: StudyMeasured? = nil
  ) throws -> Members {
    let session = try TrainingSession(
      try model.model.graph(for: .measuring), ParameterStore(model.weights),
      threadCount: parallelism.threads)
    return try measure(session, by: measuredTask(task, model, measured))
  }

  private func measure(
    _ session: TrainingSession, by measured: StudyMeasured
  ) throws -> Members {
    func parts(_ task: any TrainingTask) throws -> [Measurement.Part] {
      try Measurement.parts(session, task: task, batchCount: StudyData.blockCount)
    }
    let (validation, test): ([Measurement.Part], [Measurement.Part])
    switch measured {
    case .alternating(let task):
      let all = try parts(task)
      validation = all.enumerated().filter { $0.offset % 2 == 0 }.map { $0.element }
      test = all.enumerated().filter { $0.offset % 2 == 1 }.map { $0.element }
    case .separate(let first, let second):
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
    _ task: String?, _ model: TrainedModel, _ measured: StudyMeasured?
  ) throws -> StudyMeasured {
    guard let task, let texts = data.tasks[task] else { return measured ?? data.measured }
    return .separate(
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
