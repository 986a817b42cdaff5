internal import TLCCore

/// A tokenizer that was learnt from texts: the `tokenizer.json` of it, which this package and the
/// `tokenizers` library read to the same tokens.
public struct TrainedTokenizer: Sendable {
  /// How texts are divided.
  public enum Kind: String, CaseIterable, Sendable {
    /// Byte-pair encoding of bytes, as GPT-2 and RoBERTa have it.
    case byteLevelBPE = "bpe"
    /// WordPiece, as BERT has it, in lower case and without accents.
    case wordPiece = "wordpiece"
  }

  /// How texts are divided.
  public let kind: Kind
  /// The tokens, each at its id.
  public let tokens: [String]
  /// The bytes of `tokenizer.json`.
  public let file: [UInt8]

  /// Merges of pairs that occur once only would learn words by heart.
  static let leastPairCount = 2
  /// Words of more scalars are not learnt from, and unknown to WordPiece.
  static let greatestScalarCount = 100

  /// Learns a tokenizer.
  ///
  /// A function of the texts as a whole: order does not matter, nor how they are divided at ends of
  /// lines.
  ///
  /// - Parameters:
  ///   - kind: how texts are divided.
  ///   - texts: what to learn from.
  ///   - count: how many tokens there are to be, those that stand for no text among them.
  /// - Throws: ``TextError/training(_:)`` where the texts do not support as many, or these leave no
  ///   room for the alphabet.
  public init(
    _ kind: Kind, texts: some Sequence<String>, vocabularyCount count: Int
  ) throws(TextError) {
    self.kind = kind
    guard count <= TextLimits.tokenCount else {
      throw .training("a vocabulary of \(count) tokens is beyond \(TextLimits.tokenCount)")
    }
    switch kind {
    case .byteLevelBPE:
      let learnt = try BPETraining(texts, count: count)
      tokens = learnt.tokens
      file = Array(learnt.json.utf8)
    case .wordPiece:
      let learnt = try WordPieceTraining(texts, count: count)
      tokens = learnt.tokens
      file = Array(learnt.json.utf8)
    }
  }

  /// The tokenizer, ready to be used.
  public func tokenizer() throws(TextError) -> Tokenizer {
    try Tokenizer(parsing: ["tokenizer.json": file])
  }

  /// The tokens that stand for no text.
  public var special: (start: Int, padding: Int, end: Int, unknown: Int, mask: Int) {
    kind == .byteLevelBPE ? (0, 1, 2, 3, 4) : (2, 0, 3, 1, 4)
  }

  /// Words of texts and how often each occurs, in the order of their bytes.
  static func ordered(_ counts: [[UInt8]: Int]) -> [(word: [UInt8], count: Int)] {
    counts.map { (word: $0.key, count: $0.value) }
      .sorted { $0.word.lexicographicallyPrecedes($1.word) }
  }

  /// The error of a vocabulary that is larger than the texts support.
  static func tooLarge(_ count: Int, learnt: Int) -> TextError {
    .training(
      "a vocabulary of \(count) tokens is more than the texts support, which is \(learnt): pairs"
        + " that occur twice are used up")
  }
}

/// Parts of `tokenizer.json`.
enum TokenizerJSON {
  /// The tokens that stand for no text, with what a mask takes of the white space before it.
  static func added(_ tokens: [String], maskTakesSpace: Bool) -> String {
    let items = tokens.enumerated().map { id, token in
      "{\"id\":\(id),\"content\":\(JSONText.quoted(token)),\"single_word\":false,\"lstrip\":"
        + "\(maskTakesSpace && token == "<mask>"),\"rstrip\":false,\"normalized\":false,"
        + "\"special\":true}"
    }
    return "[" + items.joined(separator: ",") + "]"
  }

  /// A vocabulary, in order of ids.
  static func vocabulary(_ tokens: [String]) -> String {
    let items = tokens.enumerated().map { "\(JSONText.quoted($1)):\($0)" }
    return "{" + items.joined(separator: ",") + "}"
  }
}
