/// WordPiece as BERT applies it (Wu et al., 2016): of each word the longest token that it starts
/// with, then of the rest the longest one that continues a word, to its end. A word that cannot be
/// divided so is unknown as a whole.
struct WordPiece: SubwordModel {
  let vocabulary: Vocabulary
  /// The tokens that continue a word, without their prefix.
  private let continuations: TokenTable
  private let unknown: Int32
  private let greatestScalarCount: Int

  /// - Parameters:
  ///   - prefix: what the tokens start with that continue a word.
  ///   - greatestScalarCount: longer words are unknown.
  init(
    _ vocabulary: Vocabulary, unknown: String, prefix: String, greatestScalarCount: Int
  ) throws(TextError) {
    self.vocabulary = vocabulary
    self.unknown = try vocabulary.requiredID(of: unknown)
    self.greatestScalarCount = greatestScalarCount
    let prefix = Array(prefix.utf8)
    let ids = (0..<vocabulary.idCount).filter {
      vocabulary.token($0)?.starts(with: prefix) ?? false
    }
    var continuations = TokenTable(capacity: ids.count)
    for id in ids {
      guard let token = vocabulary.token(id), token.count > prefix.count else { continue }
      guard
        continuations.insert(Array(token[prefix.count...]), id: Int32(id), replacing: true)
      else {
        throw .malformed(
          file: vocabulary.file, "its tokens collide as only tokens chosen for it do")
      }
    }
    self.continuations = continuations
  }

  func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [Int32]) {
    BertWords.forEach(in: text, range) { word, scalarCount in
      encode(word: word, of: text, scalarCount: scalarCount, into: &ids)
    }
  }

  private func encode(
    word: Range<Int>, of text: [UInt8], scalarCount: Int, into ids: inout [Int32]
  ) {
    if scalarCount > greatestScalarCount {
      ids.append(unknown)
      return
    }
    if let id = vocabulary.id(of: text, word) {
      ids.append(id)
      return
    }
    let idCount = ids.count
    var rest = word
    var piece = vocabulary.longest(in: text, rest)
    while let found = piece {
      ids.append(found.id)
      rest = rest.lowerBound + found.byteCount..<rest.upperBound
      if rest.isEmpty { return }
      piece = continuations.longest(in: text, rest)
    }
    ids.removeLast(ids.count - idCount)
    ids.append(unknown)
  }
}
