import ArgumentParser
import TLC

/// `tlc recover MODEL DATA -o FILE`.
struct Recover: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prune and round a trained model, and train it until it is as good as it was.",
    discussion: """
      Drops the weights of the least magnitude, 15% of all at a time, and trains after each until \
      the accuracy is 99.5% of what it was, or for an epoch. With --bits it is then trained on the \
      grid that weights are stored on, a step for each output, and stored so.

      With --gradual weights are dropped a little at a time while the model is trained: half of them \
      at once, then ever fewer, with a learning rate that rises again every two epochs, and with the \
      model as it was as a teacher.
      """)

  @Argument(
    help: "A .tlcq file that train or finetune wrote.", completion: .file(extensions: ["tlcq"]))
  var model: String

  @Argument(help: "What it learns from: plain text, or texts with labels.", completion: .file())
  var data: String

  @Option(
    help: ArgumentHelp("Texts with labels to measure with.", valueName: "file"),
    completion: .file())
  var validation: String?

  @OptionGroup var columns: ColumnOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The .tlcq file to write.", valueName: "file"),
    completion: .file(extensions: ["tlcq"]))
  var output: String

  @Option(help: ArgumentHelp("The share of weights to drop in the end.", valueName: "share"))
  var sparsity = 0.0

  @Option(
    help: ArgumentHelp(
      "The share of all weights to drop at a time. [default: 0.15]", valueName: "share"))
  var share: Double?

  @Option(help: "Whose magnitudes are compared: global, or tensor for those of each matrix.")
  var scope: Scope = .global

  @Flag(help: "Prune and round tables of tokens and positions too.")
  var tables = false

  @Option(help: ArgumentHelp("Bits of a weight in the end, 2 to 16.", valueName: "count"))
  var bits: Int?

  @Option(
    help: ArgumentHelp(
      "The share of the accuracy that ends a level. [default: 0.995]", valueName: "share"))
  var tolerance: Double?

  @Option(
    help: ArgumentHelp(
      "The most epochs of a level; with --gradual all of them. [default: 1; 10]",
      valueName: "count"))
  var epochs: Double?

  @Flag(help: "Prune while training, with the model as it was as a teacher.")
  var gradual = false

  @Option(
    help: ArgumentHelp(
      "With --gradual, what of the loss is the teacher's. [default: 1]", valueName: "share"))
  var teacherShare: Float?

  @Option(
    help: ArgumentHelp(
      "With --gradual, what scores are divided by before they are compared. [default: 2]",
      valueName: "temperature"))
  var temperature: Float?

  @Option(
    help: ArgumentHelp(
      "With --gradual and --bits, what a bit of the mean weight counts against the loss. "
        + "[default: 0]", valueName: "nats"))
  var ratePenalty: Float?

  @Option(
    help: ArgumentHelp("Measure after each so many steps. [default: 50]", valueName: "count"))
  var measureEvery: Int?

  @OptionGroup(title: "Training") var training: TrainingOptions

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  enum Scope: String, ExpressibleByArgument, CaseIterable {
    case global, tensor

    var library: PrunableWeights.Scope { PrunableWeights.Scope(rawValue: rawValue) ?? .global }
  }

  func validate() throws {
    for (name, isGiven) in [
      ("--teacher-share", teacherShare != nil), ("--temperature", temperature != nil),
      ("--rate-penalty", ratePenalty != nil),
    ] where isGiven && !gradual { throw ValidationError("\(name) needs --gradual") }
    for (name, isGiven) in [
      ("--share", share != nil), ("--tolerance", tolerance != nil),
      ("--measure-every", measureEvery != nil), ("--warmup", training.warmup != nil),
    ] where isGiven && gradual {
      throw ValidationError("\(name) is of levels, and --gradual has none")
    }
    if gradual, let epochs, epochs != epochs.rounded() || !(1...10_000).contains(epochs) {
      throw ValidationError("--epochs \(epochs) is no integer in 1...10000")
    }
  }

  func run() throws {
    Termination.handle { Terminal.clearProgress() }
    try reportingErrors {
      let (levels, schedule) = (recovery, gradualPruning)
      if gradual { try schedule.require() } else { try levels.require() }
      let inputs = [model, data] + (validation.map { [$0] } ?? [])
      try requireOutput(output, isNoneOf: inputs)
      _ = try AtomicFile(path: output, overwriting: force)
      var trained = try TrainedModel(path: model, parallelism: threads.parallelism)
      let task = try trained.task(
        data: data, validation: validation, columns: columns.library,
        parallelism: threads.parallelism)
      let settings = training.settings(
        stepCount: 1, rate: 1e-4, threads: threads.parallelism.threads)
      let printer = Terminal.trainingPrinter(outputs)
      func tell(_ sentence: String) {
        Terminal.clearProgress()
        if !outputs.quiet { Terminal.printLine(sentence) }
      }
      if gradual {
        trained.weights = try schedule.run(
          trained.model, weights: trained.weights, task: task, settings: settings,
          observing: { tell($0.sentence) }, progress: printer)
      } else {
        trained.weights = try levels.run(
          trained.model, weights: trained.weights, task: task, settings: settings,
          observing: { level, _ in tell(level.sentence) }, progress: printer
        ).weights
      }
      let root = try trained.write(
        to: output, recipe: recipe, overwriting: force, seed: training.seed,
        parallelism: threads.parallelism)
      guard !outputs.quiet else { return }
      print("\(output): \(Format.bytes(try FileIdentity(path: output).byteCount))")
      print("root \(root)")
    }
  }

  private var recovery: Recovery {
    var recovery = Recovery()
    recovery.weights = PrunableWeights(scope: scope.library, includesTables: tables)
    (recovery.sparsity, recovery.bits) = (sparsity, bits)
    recovery.share = share ?? recovery.share
    recovery.tolerance = tolerance ?? recovery.tolerance
    recovery.interval = measureEvery ?? recovery.interval
    recovery.greatestEpochCount = epochs ?? recovery.greatestEpochCount
    return recovery
  }

  private var gradualPruning: GradualPruning {
    var pruning = GradualPruning()
    pruning.weights = PrunableWeights(scope: scope.library, includesTables: tables)
    (pruning.sparsity, pruning.bits) = (sparsity, bits)
    pruning.epochCount = epochs.map { Int($0) } ?? pruning.epochCount
    pruning.teacherShare = teacherShare ?? pruning.teacherShare
    pruning.temperature = temperature ?? pruning.temperature
    pruning.ratePenalty = ratePenalty ?? pruning.ratePenalty
    return pruning
  }

  /// What stores weights on the grid that they were trained on.
  private var recipe: Recipe {
    guard let bits else { return TrainedModel.exactly }
    var rule = RecipeRule(match: .floatingMatrices)
    rule.quantize = RecipeStep(
      method: "round-to-nearest",
      parameters: ["bits": .integer(bits), "axis": .text("output")])
    let names = PrunableWeights.tables.map { $0.replacing(".", with: #"\."#) }
    let tables = RecipeRule(match: RecipeMatch(name: names.joined(separator: "|")))
    return Recipe(rules: (self.tables ? [] : [tables]) + [rule])
  }
}

extension Recovery.Level {
  /// `30.0% zero: accuracy 81.2%, after 120 steps (0.40 epochs) 84.1%, recovered`.
  fileprivate var sentence: String {
    Format.percent(sparsity) + " zero" + (bits.map { ", \($0) bits" } ?? "")
      + ": accuracy \(Format.percent(before)), after \(stepCount) steps"
      + " (\(Format.fixed(epochCount, 2)) epochs) \(Format.percent(after))"
      + (isRecovered ? ", recovered" : "")
  }
}

extension GradualPruning.Epoch {
  /// `epoch 3: 72.5% zero, loss 0.4123, accuracy 81.2%`.
  fileprivate var sentence: String {
    "epoch \(number): \(Format.percent(sparsity)) zero, loss \(Format.fixed(loss, 4)), accuracy"
      + " \(Format.percent(accuracy))"
  }
}
