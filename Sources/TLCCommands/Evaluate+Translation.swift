import TLC

extension Evaluate {
  /// Measures a model of translations: on the tokens of those that are given, and by its own.
  func runTranslation(_ trained: TrainedModel) throws {
    let texts = try ParallelTexts(parallel.files ?? .table(try requiredData()))
    let task = try trained.task(
      training: texts, measuring: texts, parallelism: threads.parallelism)
    let measurement = try trained.measure(task, threadCount: threads.parallelism.threads)
    let checkpoint = try Checkpoint(path: model)
    let session = try Session(checkpoint, threadCount: threads.parallelism.threads)
    let translations = try TextModel(session, of: checkpoint)
      .translate(texts.pairs.map { $0.source }, translation.library)
    let bleu = BLEU(translations.map { $0.text }, references: texts.pairs.map { $0.target })
    if json { return try printJSON(TranslationJSON(MeasurementJSON(measurement), bleu)) }
    print("\(texts.files.source): \(measurement.sentence)")
    print("\(texts.files.source): \(bleu.sentence), of \(texts.pairs.count) texts")
  }
}

/// What is said of a model of translations when it is measured.
private struct TranslationJSON: Encodable {
  var bleu: Double
  var precisions: [Double]
  var brevityPenalty: Double
  var length: Int
  var referenceLength: Int
  var loss: Double
  var perplexity: Double
  var accuracy: Double
  var labels: Int

  init(_ measurement: MeasurementJSON, _ bleu: BLEU) {
    self.bleu = bleu.score
    precisions = bleu.precisions
    brevityPenalty = bleu.brevityPenalty
    (length, referenceLength) = (bleu.length, bleu.referenceLength)
    (loss, perplexity) = (measurement.loss, measurement.perplexity)
    (accuracy, labels) = (measurement.accuracy, measurement.labels)
  }
}

extension BLEU {
  /// `BLEU 31.42, 64.2/39.0/25.1/16.3, brevity penalty 0.981`.
  fileprivate var sentence: String {
    "BLEU \(Format.fixed(score, 2)), "
      + precisions.map { Format.fixed($0, 1) }.joined(separator: "/")
      + ", brevity penalty \(Format.fixed(brevityPenalty, 3))"
  }
}
