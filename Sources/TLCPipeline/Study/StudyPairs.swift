internal import TLCCore
internal import TLCSystem
internal import TLCText
internal import TLCTraining

/// The translations of a study as tokens.
struct StudyPairs: Sendable {
  /// Pairs that models are measured with.
  struct Held: Sendable {
    var texts: [ParallelTexts.Pair]
    var pairs: [TranslationTask.Pair]

    /// As many as are asked for, evenly spread.
    func spread(_ count: Int) -> Held {
      guard count < pairs.count else { return self }
      let places = (0..<count).map { pairs.count * $0 / count }
      return Held(texts: places.map { texts[$0] }, pairs: places.map { pairs[$0] })
    }
  }

  /// Learnt from both sides of what is learnt from.
  let tokenizer: TrainedTokenizer
  /// Tells the texts from others.
  let digest: Digest
  /// What choices are made with.
  let validation: Held
  /// What results are reported of.
  let test: Held
  /// The mean tokens of a text and of its translation that are learnt from.
  let meanLengths: (source: Double, target: Double)
  private let training: [TranslationTask.Pair]
  private let sequenceCount: Int
  private let countsTokens: Bool
  private let paddingID: Int

  /// Reads all.
  init(_ plan: StudyPlan, _ files: StudyPlan.Pairs, parallelism: Parallelism) throws {
    let texts = try [files.training, files.validation, files.test].map { try ParallelTexts($0) }
    let sides = texts[0].pairs.map { $0.source } + texts[0].pairs.map { $0.target }
    tokenizer = try TrainedTokenizer(
      .byteLevelBPE, texts: sides, vocabularyCount: plan.vocabularyCount)
    digest = Digest(of: Array(texts.map { $0.digest().hex }.joined().utf8).span)
    let template = try TrainedModel(
      plan.encoderShape(.init(depth: 1, width: 32)), head: .decoder(depth: 1),
      tokenizer: tokenizer, seed: 0)
    let pairs = try texts.map { try template.pairs(of: $0, parallelism) }
    training = pairs[0]
    validation = Held(texts: texts[1].pairs, pairs: pairs[1])
    test = Held(texts: texts[2].pairs, pairs: pairs[2])
    func mean(_ count: (TranslationTask.Pair) -> Int) -> Double {
      Double(pairs[0].reduce(0) { $0 + count($1) }) / Double(pairs[0].count)
    }
    meanLengths = (mean { $0.source.count }, mean { $0.target.count - 1 })
    sequenceCount = plan.sequenceCount
    countsTokens = plan.countsTokens
    paddingID = template.special.padding
  }

  /// What steps of a size read: of so many pairs, or of so many tokens on a side.
  func batch(_ size: Int) throws -> StudyBatch {
    let task = try task(training, measuring: [training[0]], tokenCount: countsTokens ? size : nil)
    let exampleCount = countsTokens ? 1 : size
    let pairs = Double(training.count * exampleCount) / Double(task.exampleCount)
    let tokens = pairs * (meanLengths.source + meanLengths.target)
    return StudyBatch(
      task: task, exampleCount: exampleCount, textCount: pairs, tokenCount: Int(tokens.rounded()))
  }

  /// Measures with so many pairs of validation, and as many of test.
  func measured(_ count: Int) throws -> StudyMeasured {
    .separate(
      validation: try task([training[0]], measuring: validation.spread(count).pairs),
      test: try task([training[0]], measuring: test.spread(count).pairs))
  }

  /// Measures with so many pairs of validation alone.
  func points(_ count: Int) throws -> TranslationTask {
    try task([training[0]], measuring: validation.spread(count).pairs)
  }

  private func task(
    _ training: [TranslationTask.Pair], measuring: [TranslationTask.Pair], tokenCount: Int? = nil
  ) throws -> TranslationTask {
    try TranslationTask(
      training: training, measuring: measuring, sequenceCount: sequenceCount,
      paddingID: paddingID, greatestTokenCount: tokenCount)
  }

  /// Lines to calibrate with: a text's tokens, a tab, and those of its translation that are read.
  func calibration(_ count: Int) -> [String] {
    let count = min(count, training.count)
    func line(_ ids: some Sequence<Int32>) -> String {
      ids.map { "\($0)" }.joined(separator: " ")
    }
    return (0..<count).map { place in
      let pair = training[training.count * place / count]
      return line(pair.source) + "\t" + line(pair.target.dropLast())
    }
  }

  /// The most tokens that a model writes for a held-out text: those of the longest translation. Models
  /// that learnt little often find no end.
  var greatestTokenCount: Int {
    (validation.pairs + test.pairs).reduce(1) { max($0, $1.target.count) }
  }
}
