internal import Foundation
internal import TLCCore
internal import TLCSystem
internal import TLCText
internal import TLCTraining

/// The texts of a study as tokens, which all of its jobs share.
struct StudyData: Sendable {
  /// A task's examples.
  struct Labelled: Sendable {
    var labels: [String]
    var training: [ClassificationTask.Example]
    var validation: [ClassificationTask.Example]
    var test: [ClassificationTask.Example]
  }

  /// The tokenizer, learnt from what is not held out.
  let tokenizer: TrainedTokenizer
  /// Tells the texts from others.
  let digest: Digest
  /// What models learn.
  enum Source: Sendable {
    case masked(MaskedTokenTask)
    case pairs(StudyPairs)
  }

  /// What models learn at first.
  let source: Source
  /// What they are measured with.
  let measured: StudyMeasured
  /// What compressed models are measured with.
  let compressed: StudyMeasured
  /// What a training is measured with on its way.
  let points: any TrainingTask
  /// By a task's name.
  let tasks: [String: Labelled]
  /// Texts to calibrate with: the path of a file of token ids, or of a task's texts.
  let calibration: (texts: String, tasks: [String: String])

  /// Held-out texts that stand together count as one block: even blocks validate, odd ones test.
  static let blockCount = 16

  /// Reads all.
  init(_ plan: StudyPlan, folder: String, parallelism: Parallelism) throws {
    let path = "\(folder)/calibration.ids"
    if let files = plan.pairs {
      let pairs = try StudyPairs(plan, files, parallelism: parallelism)
      (tokenizer, digest, source) = (pairs.tokenizer, pairs.digest, .pairs(pairs))
      measured = try pairs.measured(plan.measuredCount)
      compressed = try pairs.measured(plan.compressedMeasuredCount)
      points = try pairs.points(plan.pointMeasuredCount)
      tasks = [:]
      try Self.write(pairs.calibration(plan.compression.sampleCount), to: path)
      calibration = (path, [:])
      return
    }
    let corpus = try TextCorpus(paths: plan.texts, heldOut: plan.heldOut)
    tokenizer = try TrainedTokenizer(
      .byteLevelBPE, texts: corpus.training, vocabularyCount: plan.vocabularyCount)
    digest = corpus.digest
    let template = try TrainedModel(
      plan.encoderShape(.init(depth: 1, width: 32)), tokenizer: tokenizer, seed: 0)
    let ready = try template.tokenizer()
    func tokens(_ paragraphs: [String]) throws -> [Int32] {
      try TextCorpus.tokens(
        of: paragraphs, ready, end: template.special.end, parallelism: parallelism)
    }
    let (training, held) = (try tokens(corpus.training), try tokens(corpus.measuring))
    func task(measuring tokens: [Int32]) throws -> MaskedTokenTask {
      try MaskedTokenTask(
        training: training, measuring: tokens, sequenceCount: plan.sequenceCount,
        vocabularyCount: plan.vocabularyCount, special: template.special)
    }
    let blocks = HeldOutBlocks(
      of: held, textLength: plan.sequenceCount - 2, textCount: plan.measuredCount)
    guard blocks.count > 1 else {
      throw TrainingError.data(
        "what is held out is \(held.count) tokens, fewer than \(Self.blockCount + 1) texts of"
          + " \(plan.sequenceCount - 2) to validate and to test with")
    }
    let masked = try task(measuring: blocks.all)
    (source, measured) = (.masked(masked), .alternating(masked))
    compressed = .alternating(
      try task(measuring: blocks.pairs(textCount: plan.compressedMeasuredCount)))
    points = try task(measuring: blocks.validating(textCount: plan.pointMeasuredCount))
    var tasks: [String: Labelled] = [:]
    var files: [String: String] = [:]
    for task in plan.tasks {
      let texts = try LabelledTexts(path: task.training)
      let model = try template.classifying(texts.labels, seed: 0)
      tasks[task.name] = Labelled(
        labels: texts.labels, training: try texts.examples(for: model),
        validation: try Self.measured(task, task.validation, model),
        test: try Self.measured(task, task.test, model))
      let path = "\(folder)/calibration-\(task.name).txt"
      let lines = texts.rows.prefix(plan.compression.sampleCount).map { $0.text }
      try Self.write(lines, to: path)
      files[task.name] = path
    }
    self.tasks = tasks
    let inner = plan.sequenceCount - 2
    let available = training.count / inner
    let count = min(available, plan.compression.sampleCount)
    let rows = (0..<count).map { place in
      let start = available * place / count * inner
      let ids = [template.special.start] + training[start..<start + inner].map { Int($0) }
      return (ids + [template.special.end]).map { "\($0)" }.joined(separator: " ")
    }
    try Self.write(rows, to: path)
    calibration = (path, files)
  }

  /// What steps of a size read.
  func batch(_ size: Int) throws -> StudyBatch {
    switch source {
    case .masked(let task):
      StudyBatch(
        task: task, exampleCount: size, textCount: Double(size),
        tokenCount: size * task.sequenceCount)
    case .pairs(let pairs): try pairs.batch(size)
    }
  }

  /// As many texts of a file as the task measures with, evenly spread.
  private static func measured(
    _ task: StudyPlan.Task, _ path: String, _ model: TrainedModel
  ) throws -> [ClassificationTask.Example] {
    let all = try LabelledTexts(path: path).examples(for: model)
    guard let count = task.measuredCount, count < all.count else { return all }
    return (0..<count).map { all[all.count * $0 / count] }
  }

  private static func write(_ lines: [String], to path: String) throws {
    let file = try AtomicFile(path: path, overwriting: true)
    try file.append(Array((lines.joined(separator: "\n") + "\n").utf8).span)
    try file.commit()
  }
}
