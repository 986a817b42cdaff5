import ArgumentParser
import TLC

/// What a model of translations is trained with, and how it is measured.
struct TranslationOptions: ParsableArguments {
  @OptionGroup var parallel: ParallelOptions

  @Option(
    help: ArgumentHelp(
      "Texts to measure with, a tab between each and its translation.", valueName: "file"),
    completion: .file())
  var validation: String?

  @Option(
    help: ArgumentHelp("Texts to measure translations with, one a line.", valueName: "file"),
    completion: .file())
  var validationSource: String?

  @Option(
    help: ArgumentHelp("Their translations, line by line.", valueName: "file"),
    completion: .file())
  var validationTarget: String?

  @Option(
    help: ArgumentHelp(
      "How many layers the decoder has. [default: as many as the encoder]", valueName: "count"))
  var decoderDepth: Int?

  @Option(
    help: ArgumentHelp(
      "Batches of texts of like lengths, of at most so many tokens a side, in the place of --batch: "
        + "a step has one, or as many as --parts says.", valueName: "count"))
  var batchTokens: Int?

  var isGiven: Bool {
    parallel.source != nil || validation != nil || validationSource != nil
      || validationTarget != nil || decoderDepth != nil || batchTokens != nil
  }

  /// The files that are read.
  var paths: [String] {
    [parallel.source, parallel.target, validation, validationSource, validationTarget]
      .compactMap { $0 }
  }

  func validate() throws {
    if (validationSource == nil) != (validationTarget == nil) {
      throw ValidationError("--validation-source and --validation-target go together")
    }
    if validation != nil, validationSource != nil {
      throw ValidationError("--validation and --validation-source exclude each other")
    }
    if let batchTokens, batchTokens < 1 {
      throw ValidationError("--batch-tokens \(batchTokens) is below 1")
    }
  }

  /// What is learnt from, and what is measured with.
  ///
  /// - Parameters:
  ///   - tables: files in which translations stand behind tabs.
  ///   - share: the share that is held out, where no files are given to measure with.
  func texts(
    tables: [String], heldOut share: Double
  ) throws -> (training: ParallelTexts, measuring: ParallelTexts) {
    let texts = try ParallelTexts(parallel.files ?? .table(tables[0]))
    if let validation { return (texts, try ParallelTexts(.table(validation))) }
    guard let validationSource, let validationTarget else { return try texts.holdingOut(share) }
    return (
      texts, try ParallelTexts(.lines(source: validationSource, target: validationTarget))
    )
  }
}

extension Train {
  /// Trains a model of translations.
  func runTranslation() throws {
    var settings = training.settings(
      stepCount: steps, rate: 1e-3, smoothing: 0.1, threads: threads.parallelism.threads)
    // An example is then a batch of tokens.
    if translation.batchTokens != nil { settings.batchCount = settings.partCount }
    try settings.require()
    let shape = shape
    try shape.require()
    let head = TrainedHead.decoder(depth: translation.decoderDepth ?? depth)
    _ = try EncoderModel(shape, head: head)
    let (learnt, held) = try translation.texts(tables: texts, heldOut: heldOut)
    let sides = learnt.pairs.map { $0.source } + learnt.pairs.map { $0.target }
    let tokenizer = try TrainedTokenizer(
      tokenizer.library, texts: sides, vocabularyCount: vocabulary)
    let model = try TrainedModel(
      shape, head: head, tokenizer: tokenizer, seed: training.seed)
    let task = try model.task(
      training: learnt, measuring: held, greatestTokenCount: translation.batchTokens,
      parallelism: threads.parallelism)
    let digest = learnt.digest(tokenCount: translation.batchTokens)
    try train(model, task, settings, digest) {
      "\(task.pairCount) pairs of texts to learn from"
        + (translation.batchTokens.map { ", in \(task.exampleCount) batches of up to \($0) tokens" }
          ?? "")
    }
  }
}
