import TLCCore

/// Learns byte-pair encoding of bytes: the 256 bytes, and then merges.
struct BPETraining {
  static let special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]

  private(set) var tokens: [String]
  private var merges: [(String, String)] = []

  init(_ texts: some Sequence<String>, count: Int) throws(TextError) {
    let characters = ByteAlphabet.characters.map { String($0) }
    tokens = Self.special + characters
    guard count >= tokens.count else {
      throw .training(
        "a vocabulary of \(count) tokens has no room for \(Self.special.count) that stand for no"
          + " text and 256 bytes")
    }
    var counts: [[UInt8]: Int] = [:]
    for text in texts {
      let bytes = Array(text.utf8)
      GPT2Words.forEach(in: bytes, 0..<bytes.count) { counts[Array(bytes[$0]), default: 0] += 1 }
    }
    let first = Int32(Self.special.count)
    var merging = PairMerging(
      TrainedTokenizer.ordered(counts)
        .filter { $0.word.count <= 4 * TrainedTokenizer.greatestScalarCount }
        .map { ($0.word.map { first + Int32($0) }, $0.count) })
    var ids: [String: Int32] = [:]
    for (id, token) in tokens.enumerated() { ids[token] = Int32(id) }
    while tokens.count < count {
      let merge = merging.next(leastCount: TrainedTokenizer.leastPairCount) { [tokens] merge in
        // Two pairs may spell one token.
        ids[tokens[Int(merge.first)] + tokens[Int(merge.second)]] ?? Int32(tokens.count)
      }
      guard let merge else { throw TrainedTokenizer.tooLarge(count, learnt: tokens.count) }
      let (left, right) = (tokens[Int(merge.first)], tokens[Int(merge.second)])
      merges.append((left, right))
      guard ids[left + right] == nil else { continue }
      ids[left + right] = Int32(tokens.count)
      tokens.append(left + right)
    }
  }

  /// The file, as RoBERTa's is.
  var json: String {
    let pairs = merges.map { "[\(JSONText.quoted($0)),\(JSONText.quoted($1))]" }
    return "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":"
      + TokenizerJSON.added(Self.special, maskTakesSpace: true)
      + ",\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,"
      + "\"trim_offsets\":true,\"use_regex\":true},\"post_processor\":{\"type\":"
      + "\"RobertaProcessing\",\"sep\":[\"</s>\",2],\"cls\":[\"<s>\",0],\"trim_offsets\":true,"
      + "\"add_prefix_space\":false},\"decoder\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,"
      + "\"trim_offsets\":true,\"use_regex\":true},\"model\":{\"type\":\"BPE\",\"dropout\":null,"
      + "\"unk_token\":null,\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,"
      + "\"fuse_unk\":false,\"byte_fallback\":false,\"ignore_merges\":false,\"vocab\":"
      + TokenizerJSON.vocabulary(tokens) + ",\"merges\":[" + pairs.joined(separator: ",") + "]}}\n"
  }
}
