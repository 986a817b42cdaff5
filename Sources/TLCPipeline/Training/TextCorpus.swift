public import TLCSystem
internal import TLCText
internal import TLCTraining

/// Plain text to learn from: paragraphs, of which the last are held out to measure with.
public struct TextCorpus: Sendable {
  /// Paragraphs to learn from.
  public var training: [String]
  /// Paragraphs to measure with.
  public var measuring: [String]
  /// What tells this text from another.
  public var digest: Digest

  /// Files that are longer are refused.
  public static let greatestByteCount = 1 << 32

  /// Reads text files, one after the other; lines that are empty divide paragraphs.
  ///
  /// - Parameters:
  ///   - paths: of the files, in UTF-8.
  ///   - heldOut: the share of the bytes that is held out, from the end of each file.
  /// - Throws: `IOError`; `TrainingError.data` where a file is empty or not UTF-8.
  public init(paths: [String], heldOut: Double) throws {
    (training, measuring) = ([], [])
    var bytes: [UInt8] = []
    for path in paths {
      let text = try Self.text(path)
      bytes += text.utf8
      let paragraphs = Self.paragraphs(text)
      guard !paragraphs.isEmpty else {
        throw TrainingError.data("\(path) is empty: it has no text to learn from")
      }
      let total = paragraphs.reduce(0) { $0 + $1.utf8.count }
      var left = Int(Double(total) * heldOut)
      var count = 0
      while count < paragraphs.count - 1, left > 0 {
        count += 1
        left -= paragraphs[paragraphs.count - count].utf8.count
      }
      training += paragraphs.dropLast(count)
      measuring += paragraphs.suffix(count)
    }
    digest = Digest(of: bytes.span)
    guard !measuring.isEmpty else {
      throw TrainingError.data(
        "nothing of \(paths.joined(separator: ", ")) is held out to measure with: it is one paragraph,"
          + " where empty lines divide them, or the share is 0")
    }
  }

  /// Reads a text to measure with: nothing is learnt from it.
  public init(measuring path: String) throws {
    let text = try Self.text(path)
    measuring = Self.paragraphs(text)
    training = measuring
    digest = Digest(of: Array(text.utf8).span)
    guard !measuring.isEmpty else {
      throw TrainingError.data("\(path) is empty: it has no text to measure with")
    }
  }

  static func text(_ path: String) throws -> String {
    let file = try InputFile(path: path)
    guard file.byteCount <= greatestByteCount else {
      throw TrainingError.data("\(path) has \(file.byteCount) bytes, more than 2^32")
    }
    let bytes = try file.read(at: 0, count: file.byteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TrainingError.data("\(path) is not UTF-8")
    }
    // A byte order mark is no part of a text.
    return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  private static func paragraphs(_ text: String) -> [String] {
    var paragraphs: [String] = []
    var lines: [Substring] = []
    func isBlank(_ line: Substring) -> Bool { line.allSatisfy { $0.isWhitespace } }
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      guard isBlank(line) else {
        lines.append(line)
        continue
      }
      if !lines.isEmpty { paragraphs.append(lines.joined(separator: "\n")) }
      lines = []
    }
    if !lines.isEmpty { paragraphs.append(lines.joined(separator: "\n")) }
    return paragraphs
  }

  /// The tokens of paragraphs, each with the token of an end behind it.
  static func tokens(
    of paragraphs: [String], _ tokenizer: Tokenizer, end: Int, parallelism: Parallelism
  ) throws -> [Int32] {
    var tokenizer = tokenizer
    tokenizer.truncation = nil
    let encoded = try parallelism.map(paragraphs.count) { [tokenizer] place in
      try tokenizer.encode(paragraphs[place], addingSpecialTokens: false).ids
    }
    return encoded.flatMap { $0 + [Int32(end)] }
  }
}
