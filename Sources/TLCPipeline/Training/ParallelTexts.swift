internal import TLCCore
public import TLCSystem
internal import TLCText
public import TLCTraining

/// Texts with their translations, from two files whose lines belong together, or from one in which a
/// tab stands between a text and its translation.
public struct ParallelTexts: Sendable {
  /// Where texts and their translations are.
  public enum Files: Equatable, Sendable {
    /// In a file each, line by line.
    case lines(source: String, target: String)
    /// In one file: a line is a text, a tab and its translation.
    case table(String)
  }

  /// A text and its translation.
  public struct Pair: Equatable, Sendable {
    /// The text.
    public var source: String
    /// Its translation.
    public var target: String
    /// The number of its line, from 1.
    public var line: Int
  }

  /// Where they are.
  public let files: Files
  /// The texts and their translations, in order.
  public private(set) var pairs: [Pair]

  /// Reads files in UTF-8.
  ///
  /// - Throws: `IOError`; `TrainingError.data` where a line has no translation or is empty, or there
  ///   is no line.
  public init(_ files: Files) throws {
    self.files = files
    switch files {
    case .lines(let source, let target):
      let (texts, translations) = (try Self.lines(of: source), try Self.lines(of: target))
      guard texts.count == translations.count else {
        throw TrainingError.data(
          "\(source) has \(texts.count) lines and \(target) \(translations.count): a line of the one"
            + " is to be the translation of that of the other")
      }
      pairs = zip(texts, translations).enumerated().map { place, pair in
        Pair(source: pair.0, target: pair.1, line: place + 1)
      }
    case .table(let path):
      pairs = []
      for (place, line) in try Self.lines(of: path).enumerated() {
        let fields = line.utf8.split(separator: 0x09, omittingEmptySubsequences: false)
        guard fields.count == 2 else {
          throw TrainingError.data(
            "\(path), line \(place + 1): it has \(fields.count - 1) tabs, not a text, a tab and its"
              + " translation")
        }
        pairs.append(
          Pair(
            source: String(Substring(fields[0])), target: String(Substring(fields[1])),
            line: place + 1))
      }
    }
    for pair in pairs {
      for (side, text) in [(files.source, pair.source), (files.target, pair.target)]
      where text.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) {
        throw TrainingError.data(
          "\(side), line \(pair.line): "
            + (files.isTable ? "a text or its translation is empty" : "it is empty"))
      }
    }
  }

  /// Lines end in a line feed, perhaps behind a carriage return: other separators belong to texts.
  static func lines(of path: String) throws -> [String] {
    var lines = try TextCorpus.text(path).utf8.split(
      separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard !lines.isEmpty else { throw TrainingError.data("\(path) is empty: it has no line") }
    return lines.map { line in
      String(Substring(line.last == 0x0D ? line.dropLast() : line))
    }
  }

  /// Takes pairs from the end, to measure with.
  ///
  /// - Parameter share: the share of the pairs.
  /// - Returns: those that are left, and those that were taken: one at least.
  /// - Throws: `TrainingError.data` where there is only one pair.
  public func holdingOut(
    _ share: Double
  ) throws(TrainingError) -> (training: ParallelTexts, measuring: ParallelTexts) {
    guard pairs.count > 1 else {
      throw .data("\(files.source) has one line: there is none to measure with")
    }
    let count = min(pairs.count - 1, max(1, Int(Double(pairs.count) * share)))
    var (training, measuring) = (self, self)
    training.pairs.removeLast(count)
    measuring.pairs.removeFirst(pairs.count - count)
    return (training, measuring)
  }

  /// What tells a training on these texts from another.
  ///
  /// - Parameter tokenCount: the most tokens of a batch; `nil` where it is of so many pairs.
  public func digest(tokenCount: Int? = nil) -> Digest {
    var bytes: [UInt8] = Array("\(tokenCount ?? 0)\n".utf8)
    for pair in pairs {
      bytes += pair.source.utf8
      bytes.append(0x09)
      bytes += pair.target.utf8
      bytes.append(0x0A)
    }
    return Digest(of: bytes.span)
  }
}

extension ParallelTexts.Files {
  /// The file that has the texts.
  public var source: String {
    switch self {
    case .lines(let source, _): source
    case .table(let path): path
    }
  }

  /// The file that has their translations.
  public var target: String {
    switch self {
    case .lines(_, let target): target
    case .table(let path): path
    }
  }

  var isTable: Bool { if case .table = self { true } else { false } }
}

extension TrainedModel {
  /// A task of translations.
  ///
  /// - Parameters:
  ///   - training: what to learn from.
  ///   - measuring: what to measure with.
  ///   - tokenCount: the most tokens of a batch on a side; `nil` where it is of so many pairs.
  ///   - parallelism: how many threads to use.
  /// - Throws: `TrainingError.data` where a text is longer than the model takes.
  public func task(
    training: ParallelTexts, measuring: ParallelTexts, greatestTokenCount tokenCount: Int? = nil,
    parallelism: Parallelism = .automatic
  ) throws -> TranslationTask {
    try TranslationTask(
      training: try pairs(of: training, parallelism),
      measuring: try pairs(of: measuring, parallelism), sequenceCount: model.shape.sequenceCount,
      paddingID: special.padding, greatestTokenCount: tokenCount)
  }

  /// Texts and their translations as tokens.
  func pairs(
    of texts: ParallelTexts, _ parallelism: Parallelism
  ) throws -> [TranslationTask.Pair] {
    var tokenizer = try tokenizer()
    tokenizer.truncation = nil
    let most = model.shape.sequenceCount
    let pairs = try parallelism.map(texts.pairs.count) { [tokenizer] place in
      let pair = texts.pairs[place]
      return TranslationTask.Pair(
        source: try tokenizer.encode(pair.source).ids,
        target: try tokenizer.encode(pair.target).ids)
    }
    let longer = pairs.indices.filter { max(pairs[$0].source.count, pairs[$0].target.count) > most }
    guard let first = longer.first else { return pairs }
    let (source, target) = (pairs[first].source.count, pairs[first].target.count)
    let greatest = longer.map { max(pairs[$0].source.count, pairs[$0].target.count) }.max() ?? 0
    throw TrainingError.data(
      "\(source > most ? texts.files.source : texts.files.target), line \(texts.pairs[first].line):"
        + " a text is \(max(source, target)) tokens with the two around it, and the model takes"
        + " \(most); \(longer.count) of \(pairs.count) pairs are longer, and a sequence of"
        + " \(greatest) takes all")
  }
}
