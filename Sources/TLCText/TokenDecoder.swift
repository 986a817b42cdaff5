/// How tokens become text again.
enum TokenDecoder: Sendable {
  /// Joined by spaces.
  case spaces
  /// GPT-2's characters, each a byte.
  case byteLevel
  /// Joined by spaces but before a token that starts with `prefix`, which is dropped; and where
  /// `cleansUp`, without the spaces that English does not write.
  case wordPiece(prefix: [UInt8], cleansUp: Bool)

  func decode(_ tokens: [[UInt8]]) -> String {
    var text: [UInt8] = []
    for (place, token) in tokens.enumerated() {
      switch self {
      case .spaces:
        if place > 0 { text.append(0x20) }
        text.append(contentsOf: token)
      case .byteLevel: text.append(contentsOf: ByteAlphabet.bytes(of: token) ?? token)
      case .wordPiece(let prefix, let cleansUp):
        let isContinuation = place > 0 && token.starts(with: prefix)
        let piece =
          isContinuation ? Array(token[prefix.count...]) : (place > 0 ? [0x20] : []) + token
        text.append(contentsOf: cleansUp ? Self.cleanedUp(piece) : piece)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// What is replaced in each token, one after the other.
  private static let cleaning: [(old: [UInt8], new: [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  private static func cleanedUp(_ token: [UInt8]) -> [UInt8] {
    guard token.contains(0x20) else { return token }
    return cleaning.reduce(token) { token, change in
      var changed: [UInt8] = []
      var rest = token[...]
      while let byte = rest.first {
        if rest.starts(with: change.old) {
          changed.append(contentsOf: change.new)
          rest.removeFirst(change.old.count)
        } else {
          changed.append(byte)
          rest.removeFirst()
        }
      }
      return changed
    }
  }
}
