import TLCText

/// A text and a tokenizer's files, with NUL between them: a `tokenizer.json`; or a `vocab.txt` and
/// its configuration; or a `vocab.json`, its merges and its configuration.
struct TokenizerTarget: FuzzTarget {
  let name = "tokenizer"

  func run(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    let names: [String] =
      switch parts.count {
      case 2: ["tokenizer.json"]
      case 3: ["vocab.txt", "tokenizer_config.json"]
      case 4: ["vocab.json", "merges.txt", "tokenizer_config.json"]
      default: []
      }
    let files = Dictionary(uniqueKeysWithValues: zip(names, parts.dropFirst()))
    guard var tokenizer = try? Tokenizer(parsing: files) else { return }
    let text = String(decoding: parts[0], as: UTF8.self)
    encode(text, with: tokenizer)
    tokenizer.truncation = nil
    tokenizer.padding = nil
    encode(text, with: tokenizer)
  }

  private func encode(_ text: String, with tokenizer: Tokenizer) {
    for pair in [nil, "and a word"] {
      guard let encoding = try? tokenizer.encode(text, pair: pair) else { continue }
      for id in encoding.ids {
        require((0..<tokenizer.idCount).contains(Int(id)), "an id that no token has: \(id)")
      }
      _ = tokenizer.decode(encoding.ids)
      _ = try? tokenizer.encodeWindows(text, pair: pair)
    }
  }

  func mutate(_ bytes: [UInt8], by mutation: inout Mutation) -> [UInt8] {
    var parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    guard mutation.choice(8) > 0 else { return mutation.bytes(bytes) }
    let index = mutation.choice(parts.count)
    parts[index] = mutation.json(parts[index])
    return Array(parts.joined(separator: [0]))
  }
}
