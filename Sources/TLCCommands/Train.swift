import ArgumentParser
import TLC

/// `tlc train TEXT… -o FILE`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a Transformer to predict masked tokens of plain text, or to translate.",
    discussion: """
      Learns a tokenizer from the text, then a pre-norm encoder of the shape that is asked for, and \
      writes a file with weights, graph, tokenizer and a recorded run: `tlc run` fills its masks, \
      and `tlc finetune` goes on with it. The same text, options and processor give the same bits, \
      for any number of threads, also where training was killed and resumed.

      With --task translation, --source and --target are texts and their translations, line by line; \
      or one file has both, a tab between them. An encoder and a decoder share one tokenizer and \
      table of tokens; `tlc run` translates with them.

      Memory is that of the weights six times over, as they were, as they are and are written, their \
      gradients, and the means of these and of their squares; and of activations, which grow with the \
      tokens of a part of a step and with depth times width, and which --parts makes smaller.
      """)

  @Argument(
    help: "Files of plain text, whose paragraphs empty lines divide; or a file of translations.",
    completion: .file())
  var texts: [String] = []

  @Option(help: "What is learnt: masked for masked tokens, or translation.")
  var task: Task = .masked

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The .tlcq file to write.", valueName: "file"),
    completion: .file(extensions: ["tlcq"]))
  var output: String

  @Option(help: "How texts are divided: bpe or wordpiece.")
  var tokenizer: TokenizerKind = .bpe

  @Option(help: ArgumentHelp("How many tokens there are.", valueName: "count"))
  var vocabulary = 4096

  @Option(help: ArgumentHelp("How many layers there are.", valueName: "count"))
  var depth = 4

  @Option(help: ArgumentHelp("The numbers of a token between layers.", valueName: "count"))
  var width = 128

  @Option(
    help: ArgumentHelp(
      "The heads of an attention. [default: one for each 32 of the width]", valueName: "count"))
  var heads: Int?

  @Option(
    help: ArgumentHelp(
      "The numbers of a token within a layer. [default: 4 times the width]", valueName: "count"))
  var inner: Int?

  @Option(help: ArgumentHelp("The tokens of a text.", valueName: "count"))
  var sequence = 128

  @Option(
    help: ArgumentHelp(
      """
      How an encoder knows where tokens stand: learned, by a table as RoBERTa's, which transformers \
      reads; or alibi, by linear biases, which find neighbours in far fewer steps.
      """))
  var positions: Positions = .learned

  @Option(help: ArgumentHelp("How many steps to train.", valueName: "count"))
  var steps = 1000

  @Option(
    help: ArgumentHelp(
      "The share of the text or of translations that is held out, from the end of each file.",
      valueName: "share"))
  var heldOut = 0.05

  @OptionGroup(title: "Translation") var translation: TranslationOptions

  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Stopping and going on") var state: StateOptions

  @Flag(help: "Replace a file that is there.")
  var force = false

  @Flag(help: "Print JSON: how good the model is on what was held out.")
  var json = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  enum Task: String, ExpressibleByArgument, CaseIterable {
    case masked, translation
  }

  /// How tokens' places are known.
  enum Positions: String, ExpressibleByArgument, CaseIterable {
    case learned, alibi

    var library: PositionKind {
      switch self {
      case .learned: .learned
      case .alibi: .alibi
      }
    }
  }

  enum TokenizerKind: String, ExpressibleByArgument, CaseIterable {
    case bpe, wordpiece

    var library: TrainedTokenizer.Kind {
      TrainedTokenizer.Kind(rawValue: rawValue) ?? .byteLevelBPE
    }
  }

  func validate() throws {
    if !(0.001...0.5).contains(heldOut) {
      throw ValidationError("--held-out \(heldOut) is not in 0.001...0.5")
    }
    switch task {
    case .masked:
      if translation.isGiven {
        throw ValidationError("options of translations need --task translation")
      }
      if texts.isEmpty { throw ValidationError("there is no text to learn from") }
    case .translation:
      let count = translation.parallel.files == nil ? 1 : 0
      if texts.count != count {
        throw ValidationError(
          "--task translation takes --source and --target, or one file in which a tab stands"
            + " between a text and its translation")
      }
      if positions != .learned {
        throw ValidationError(
          "--positions alibi is of encoders: a model that translates has learned positions")
      }
      if tokenizer != .bpe {
        throw ValidationError(
          "--tokenizer wordpiece loses case and spaces, which translations need")
      }
    }
  }

  func run() throws {
    Termination.handle { Terminal.clearProgress() }
    try reportingErrors {
      let inputs = texts + translation.paths
      try state.requireFiles(output: output, replacing: force, inputs: inputs)
      switch task {
      case .masked: try runMasked()
      case .translation: try runTranslation()
      }
    }
  }

  /// The shape that is asked for.
  var shape: EncoderShape {
    EncoderShape(
      vocabularyCount: vocabulary, width: width, depth: depth, headCount: heads,
      innerWidth: inner, sequenceCount: sequence, positions: positions.library)
  }

  private func runMasked() throws {
    let settings = training.settings(
      stepCount: steps, rate: 1e-3, threads: threads.parallelism.threads)
    try settings.require()
    try shape.require()
    let corpus = try TextCorpus(paths: texts, heldOut: heldOut)
    let learnt = try TrainedTokenizer(
      tokenizer.library, texts: corpus.training, vocabularyCount: vocabulary)
    let model = try TrainedModel(shape, tokenizer: learnt, seed: training.seed)
    let task = try model.task(of: corpus, parallelism: threads.parallelism)
    try train(model, task, settings, corpus.digest) {
      "\(task.exampleCount) texts of \(sequence) tokens to learn from"
    }
  }

  /// Trains a model, measures and writes it.
  ///
  /// - Parameter examples: says what it learnt from.
  func train(
    _ model: TrainedModel, _ task: any TrainingTask, _ settings: TrainingSettings, _ data: Digest,
    examples: () -> String
  ) throws {
    let trained = try state.training(model, task, settings, data: data)
      .run(progress: Terminal.trainingPrinter(outputs))
    Terminal.clearProgress()
    let measurement = try trained.measure(
      task, batchCount: settings.batchCount, threadCount: settings.threadCount)
    let root = try trained.write(
      to: output, overwriting: force, seed: training.seed, parallelism: threads.parallelism)
    if json { return try printJSON(MeasurementJSON(measurement)) }
    guard !outputs.quiet else { return }
    print("\(output): \(trained.model.parameterCount) weights, \(examples())")
    print("held out: \(measurement.sentence)")
    print("root \(root)")
  }
}
