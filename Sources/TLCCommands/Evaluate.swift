import ArgumentParser
import TLC

/// `tlc evaluate MODEL DATA`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a trained model: loss, perplexity and accuracy.",
    discussion: """
      A model of masked tokens on plain text, of which the same tokens are masked for every model; a \
      model of labels on texts with labels.
      """)

  @Argument(
    help: "A .tlcq file of a trained model, compressed or not.",
    completion: .file(extensions: ["tlcq"]))
  var model: String

  @Argument(help: "Plain text, or texts with labels.", completion: .file())
  var data: String

  @OptionGroup var columns: ColumnOptions

  @Option(
    help: ArgumentHelp(
      "Of plain text, measure with so large a share at the end alone, as training holds it out.",
      valueName: "share"))
  var heldOut: Double?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let heldOut, !(0.001...0.5).contains(heldOut) {
      throw ValidationError("--held-out \(heldOut) is not in 0.001...0.5")
    }
  }

  func run() throws {
    try reportingErrors {
      let trained = try TrainedModel(path: model, parallelism: threads.parallelism)
      let task: any TrainingTask
      switch trained.model.head {
      case .maskedTokens:
        task = try trained.task(
          of: try heldOut.map { try TextCorpus(paths: [data], heldOut: $0) }
            ?? TextCorpus(measuring: data), parallelism: threads.parallelism)
      case .classes:
        let examples = try LabelledTexts(path: data, columns: columns.library)
          .examples(for: trained)
        task = try ClassificationTask(
          training: examples, measuring: examples, classCount: trained.labels.count,
          sequenceCount: trained.model.shape.sequenceCount, paddingID: trained.special.padding)
      case .decoder:
        let texts = try ParallelTexts(.table(data))
        task = try trained.task(
          training: texts, measuring: texts, parallelism: threads.parallelism)
      }
      let measurement = try trained.measure(task, threadCount: threads.parallelism.threads)
      if json { return try printJSON(MeasurementJSON(measurement)) }
      print("\(data): \(measurement.sentence)")
    }
  }
}
