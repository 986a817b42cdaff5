import TLCCore

/// Learns WordPiece: characters, at the start of words and within them, and then merges of them.
struct WordPieceTraining {
  static let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
  private static let prefix = "##"

  private(set) var tokens = Self.special

  init(_ texts: some Sequence<String>, count: Int) throws(TextError) {
    let counts = Self.words(of: texts)
    let words = TrainedTokenizer.ordered(counts).map { word, count in
      (scalars: String(decoding: word, as: UTF8.self).unicodeScalars.map { String($0) }, count)
    }
    var alphabet: Set<String> = []
    for (scalars, _) in words {
      for (place, scalar) in scalars.enumerated() {
        alphabet.insert(place == 0 ? scalar : Self.prefix + scalar)
      }
    }
    tokens += alphabet.sorted { $0.precedesInUTF8($1) }
    guard count >= tokens.count else {
      throw .training(
        "a vocabulary of \(count) tokens has no room for \(Self.special.count) that stand for no"
          + " text and \(alphabet.count) characters of the texts")
    }
    var ids: [String: Int32] = [:]
    for (id, token) in tokens.enumerated() { ids[token] = Int32(id) }
    var merging = PairMerging(
      words.map { scalars, count in
        let tokens = scalars.enumerated().map { place, scalar in
          ids[place == 0 ? scalar : Self.prefix + scalar] ?? 1
        }
        return (tokens, count)
      })
    while tokens.count < count {
      let merge = merging.next(leastCount: TrainedTokenizer.leastPairCount) { [tokens] merge in
        ids[Self.joined(tokens[Int(merge.first)], tokens[Int(merge.second)])]
          ?? Int32(tokens.count)
      }
      guard let merge else { throw TrainedTokenizer.tooLarge(count, learnt: tokens.count) }
      let token = Self.joined(tokens[Int(merge.first)], tokens[Int(merge.second)])
      guard ids[token] == nil else { continue }
      ids[token] = Int32(tokens.count)
      tokens.append(token)
    }
  }

  private static func joined(_ first: String, _ second: String) -> String {
    first + second.unicodeScalars.dropFirst(prefix.unicodeScalars.count).map { String($0) }.joined()
  }

  private static func words(of texts: some Sequence<String>) -> [[UInt8]: Int] {
    let normalizer = BertNormalizer(
      cleansText: true, separatesChinese: true, stripsAccents: true, lowersCase: true)
    var counts: [[UInt8]: Int] = [:]
    for text in texts {
      let bytes = Array(text.utf8)
      let normalized = normalizer.normalize(bytes, 0..<bytes.count)
      BertWords.forEach(in: normalized, 0..<normalized.count) { word, scalarCount in
        guard scalarCount <= TrainedTokenizer.greatestScalarCount else { return }
        counts[Array(normalized[word]), default: 0] += 1
      }
    }
    return counts
  }

  /// The file, as BERT's is.
  var json: String {
    "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":"
      + TokenizerJSON.added(Self.special, maskTakesSpace: false)
      + ",\"normalizer\":{\"type\":\"BertNormalizer\",\"clean_text\":true,"
      + "\"handle_chinese_chars\":true,\"strip_accents\":true,\"lowercase\":true},"
      + "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},\"post_processor\":{\"type\":"
      + "\"BertProcessing\",\"sep\":[\"[SEP]\",3],\"cls\":[\"[CLS]\",2]},\"decoder\":{\"type\":"
      + "\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true},\"model\":{\"type\":\"WordPiece\","
      + "\"unk_token\":\"[UNK]\",\"continuing_subword_prefix\":\"##\","
      + "\"max_input_chars_per_word\":\(TrainedTokenizer.greatestScalarCount),\"vocab\":"
      + TokenizerJSON.vocabulary(tokens) + "}}\n"
  }
}
