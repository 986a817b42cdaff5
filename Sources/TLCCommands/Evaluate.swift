import ArgumentParser
import TLC

/// `tlc evaluate MODEL DATA`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a trained model: loss, perplexity and accuracy; of translations BLEU too.",
    discussion: """
      A model of masked tokens on plain text, of which the same tokens are masked for every model; a \
      model of labels on texts with labels; a model of translations on --source and --target, or one \
      file in which a tab stands between a text and its translation. BLEU is that of sacrebleu: \
      nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp.
      """)

  @Argument(
    help: "A .tlcq file of a trained model, compressed or not.",
    completion: .file(extensions: ["tlcq"]))
  var model: String

  @Argument(help: "Plain text, or texts with labels or translations.", completion: .file())
  var data: String?

  @OptionGroup var parallel: ParallelOptions

  @OptionGroup(title: "Translation") var translation: BeamOptions

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
    if (data == nil) == (parallel.files == nil) {
      throw ValidationError("either a file is to be given, or --source and --target")
    }
  }

  func run() throws {
    try reportingErrors {
      let trained = try TrainedModel(path: model, parallelism: threads.parallelism)
      let task: any TrainingTask
      if case .decoder = trained.model.head { return try runTranslation(trained) }
      let data = try requiredData()
      if translation.isGiven { throw ValidationError("the model is for no translations") }
      switch trained.model.head {
      case .maskedTokens:
        task = try trained.task(
          of: try heldOut.map { try TextCorpus(paths: [data], heldOut: $0) }
            ?? TextCorpus(measuring: data), parallelism: threads.parallelism)
      case .classes, .decoder:
        let examples = try LabelledTexts(path: data, columns: columns.library)
          .examples(for: trained)
        task = try ClassificationTask(
          training: examples, measuring: examples, classCount: trained.labels.count,
          sequenceCount: trained.model.shape.sequenceCount, paddingID: trained.special.padding)
      }
      let measurement = try trained.measure(task, threadCount: threads.parallelism.threads)
      if json { return try printJSON(MeasurementJSON(measurement)) }
      print("\(data): \(measurement.sentence)")
    }
  }

  /// The one file, where that is how data are given.
  func requiredData() throws -> String {
    guard let data else {
      throw ValidationError("the model is for no translations: it is measured on one file")
    }
    return data
  }
}
