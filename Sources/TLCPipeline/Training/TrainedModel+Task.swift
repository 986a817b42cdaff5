import TLCCore
public import TLCSystem
public import TLCTraining

extension TrainedModel {
  /// The task that the model's head is for, of files: plain text, texts with labels, or texts with a
  /// tab and their translations behind them.
  ///
  /// - Parameters:
  ///   - data: what to learn from; of plain text, a part is held out to measure with.
  ///   - validation: texts with labels to measure with, `nil` for those of `data`; or texts with
  ///     translations, `nil` for a part of `data` that is held out.
  ///   - columns: where labels and texts are; `nil` for a label, a space and a text a line.
  ///   - heldOut: the share of plain text or of translations that is held out.
  ///   - parallelism: how many threads to use.
  public func task(
    data: String, validation: String? = nil, columns: LabelledTexts.Columns? = nil,
    heldOut: Double = 0.05, parallelism: Parallelism = .automatic
  ) throws -> any TrainingTask {
    switch model.head {
    case .maskedTokens:
      return try task(
        of: try TextCorpus(paths: [data], heldOut: heldOut), parallelism: parallelism)
    case .classes:
      let texts = try LabelledTexts(path: data, columns: columns)
      let held = try validation.map { try LabelledTexts(path: $0, columns: columns) } ?? texts
      return try ClassificationTask(
        training: try texts.examples(for: self), measuring: try held.examples(for: self),
        classCount: labels.count, sequenceCount: model.shape.sequenceCount,
        paddingID: special.padding)
    case .decoder:
      let texts = try ParallelTexts(.table(data))
      let (training, measuring) =
        try validation.map { (texts, try ParallelTexts(.table($0))) } ?? texts.holdingOut(heldOut)
      return try task(training: training, measuring: measuring, parallelism: parallelism)
    }
  }
}
