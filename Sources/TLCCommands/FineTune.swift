import ArgumentParser
import TLC

/// `tlc finetune MODEL DATA -o FILE`.
struct FineTune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune", abstract: "Train a trained encoder on texts with labels.",
    discussion: """
      The labels are those of the file. Where no columns are named, a line is a label, a space and a \
      text. What is written is run by `tlc run`.
      """)

  @Argument(help: "A .tlcq file that `tlc train` wrote.", completion: .file(extensions: ["tlcq"]))
  var model: String

  @Argument(help: "Texts with labels to learn from.", completion: .file())
  var data: String

  @Option(
    help: ArgumentHelp("Texts with labels to measure with.", valueName: "file"),
    completion: .file())
  var validation: String

  @OptionGroup var columns: ColumnOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The .tlcq file to write.", valueName: "file"),
    completion: .file(extensions: ["tlcq"]))
  var output: String

  @Option(help: ArgumentHelp("How often each text is read.", valueName: "count"))
  var epochs = 3

  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Stopping and going on") var state: StateOptions

  @Flag(help: "Replace a file that is there.")
  var force = false

  @Flag(help: "Print JSON: how good the model is on the texts to measure with.")
  var json = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  func validate() throws {
    if !(1...10_000).contains(epochs) {
      throw ValidationError("--epochs \(epochs) is not in 1...10000")
    }
    if training.batch < 1 { throw ValidationError("--batch \(training.batch) is below 1") }
  }

  func run() throws {
    Termination.handle { Terminal.clearProgress() }
    try reportingErrors {
      try state.requireFiles(
        output: output, replacing: force, inputs: [model, data, validation])
      let (texts, held) = (
        try LabelledTexts(path: data, columns: columns.library),
        try LabelledTexts(path: validation, columns: columns.library)
      )
      try texts.requireClasses()
      let steps = (texts.rows.count * epochs + training.batch - 1) / training.batch
      let settings = training.settings(
        stepCount: steps, rate: 3e-4, threads: threads.parallelism.threads)
      try settings.require()
      let model = try TrainedModel(path: model, parallelism: threads.parallelism)
        .classifying(texts.labels, seed: training.seed)
      let task = try ClassificationTask(
        training: try texts.examples(for: model), measuring: try held.examples(for: model),
        classCount: model.labels.count, sequenceCount: model.model.shape.sequenceCount,
        paddingID: model.special.padding)
      let trained = try state.training(
        model, task, settings, data: try InputFile(path: data).digest()
      ).run(progress: Terminal.trainingPrinter(outputs))
      Terminal.clearProgress()
      let measurement = try trained.measure(task, threadCount: settings.threadCount)
      let root = try trained.write(
        to: output, overwriting: force, seed: training.seed, parallelism: threads.parallelism)
      if json { return try printJSON(MeasurementJSON(measurement)) }
      guard !outputs.quiet else { return }
      print(
        "\(output): \(steps) steps on \(texts.rows.count) texts of \(model.labels.count) labels")
      print("\(validation): \(measurement.sentence)")
      print("root \(root)")
    }
  }
}

/// `--text-column` and `--label-column`.
struct ColumnOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The column of texts, behind tabs.", valueName: "name"))
  var textColumn: String?

  @Option(help: ArgumentHelp("The column of labels, behind tabs.", valueName: "name"))
  var labelColumn: String?

  func validate() throws {
    if let textColumn, textColumn == labelColumn {
      throw ValidationError("--text-column and --label-column name one column, \"\(textColumn)\"")
    }
    if (textColumn == nil) != (labelColumn == nil) {
      throw ValidationError("--text-column and --label-column go together")
    }
  }

  var library: LabelledTexts.Columns? {
    guard let textColumn, let labelColumn else { return nil }
    return .init(text: textColumn, label: labelColumn)
  }
}
