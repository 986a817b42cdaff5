/// Why text cannot be tokenized: a file of the tokenizer is wrong, or truncation is asked for that
/// cannot be.
public enum TextError: Error, Equatable, Sendable {
  /// There is none of the sets of files that make a tokenizer.
  case noTokenizer(found: [String])
  /// A file breaks its format's rules.
  case malformed(file: String, String)
  /// A file asks for what is not implemented, by name.
  case unsupported(file: String, String)
  /// A file exceeds a limit of ``TextLimits``.
  case limit(file: String, String)
  /// A text cannot be truncated as asked.
  case truncation(String)
  /// A tokenizer cannot be learnt as asked.
  case training(String)
}

extension TextError: CustomStringConvertible {
  /// One sentence: the file, and what is so in it.
  public var description: String {
    switch self {
    case .noTokenizer(let found):
      "no tokenizer among \(found.isEmpty ? "no files" : found.joined(separator: ", ")): "
        + "there must be tokenizer.json, vocab.txt, or vocab.json and merges.txt"
    case .malformed(let file, let what): "\(file): \(what)"
    case .unsupported(let file, let what): "\(file): \(what) is not supported"
    case .limit(let file, let what): "\(file): \(what)"
    case .truncation(let what): what
    case .training(let what): "tokenizer: \(what)"
    }
  }
}
