/// Byte-pair encoding of bytes (Sennrich et al., 2016; Radford et al., 2019): of each word, the pair
/// of neighbours that stands first in the list of merges is joined, the leftmost one of equals, until
/// there is none.
struct ByteLevelBPE: SubwordModel {
  /// What a model has beside vocabulary and merges.
  struct Options: Sendable {
    /// Whether a text that does not start with a space gets one.
    var addsPrefixSpace = false
    /// Whether a word that is a token is that token, though no merges lead to it.
    var ignoresMerges = false
    /// The token for bytes that the vocabulary lacks; without one they are dropped.
    var unknown: String?
    /// Whether neighbouring unknown bytes are one token.
    var fusesUnknown = false
  }

  let vocabulary: Vocabulary
  private let options: Options
  private let unknown: Int32?
  /// The token of each byte.
  private let byteIDs: [Int32?]
  private let merges: MergeTable
  /// The tokens, in bytes, that merges make of just those bytes: a word that is one needs no merges.
  private var wholeWords: TokenTable

  /// - Throws: where a merge's parts or its result are not in the vocabulary.
  init(
    _ vocabulary: Vocabulary, merges pairs: [(first: [UInt8], second: [UInt8])], mergesFile: String,
    _ options: Options
  ) throws(TextError) {
    self.vocabulary = vocabulary
    self.options = options
    unknown = if let name = options.unknown { try vocabulary.requiredID(of: name) } else { nil }
    byteIDs = ByteAlphabet.characters.map { vocabulary.id(of: Array($0.utf8)) }
    merges = try MergeTable(pairs, vocabulary, file: mergesFile)
    wholeWords = TokenTable(capacity: vocabulary.idCount)
    var queue = MergeQueue()
    for id in 0..<vocabulary.idCount {
      guard let token = vocabulary.token(id), let bytes = ByteAlphabet.bytes(of: token) else {
        continue
      }
      if !options.ignoresMerges {
        start(&queue, bytes, 0..<bytes.count)
        queue.merge(merges)
        guard queue.isSingle(Int32(id)) else { continue }
      }
      guard wholeWords.insert(bytes, id: Int32(id)) else {
        throw .malformed(
          file: vocabulary.file, "its tokens collide as only tokens chosen for it do")
      }
    }
  }

  func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [Int32]) {
    if range.isEmpty { return }
    if options.addsPrefixSpace, text[range.lowerBound] != 0x20 {
      let prefixed = [0x20] + text[range]
      encodeWords(of: prefixed, 0..<prefixed.count, into: &ids)
    } else {
      encodeWords(of: text, range, into: &ids)
    }
  }

  private func encodeWords(of text: [UInt8], _ range: Range<Int>, into ids: inout [Int32]) {
    var queue = MergeQueue()
    GPT2Words.forEach(in: text, range) { word in
      if let id = wholeWords.id(of: text, word) {
        ids.append(id)
      } else {
        start(&queue, text, word)
        queue.merge(merges)
        queue.append(to: &ids)
      }
    }
  }

  /// Fills the queue with the tokens of a word's bytes.
  private func start(_ queue: inout MergeQueue, _ text: [UInt8], _ word: Range<Int>) {
    queue.removeAll()
    var lastIsUnknown = false
    for i in word {
      if let id = byteIDs[Int(text[i])] {
        queue.append(id)
        lastIsUnknown = false
      } else if let unknown {
        if !(lastIsUnknown && options.fusesUnknown) { queue.append(unknown) }
        lastIsUnknown = true
      }
    }
  }
}
