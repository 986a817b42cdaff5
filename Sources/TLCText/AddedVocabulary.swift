/// The tokens that are found in a text as they are spelt, whatever the model.
struct AddedVocabulary: Sendable {
  /// In ascending order of their ids.
  let tokens: [AddedToken]
  private let places: [Int32: Int]
  private let asWritten: TokenFinder
  private let normalized: TokenFinder

  /// - Throws: where two tokens have one spelling or one id.
  init(
    _ tokens: [AddedToken], normalizer: BertNormalizer?, file: String
  ) throws(TextError) {
    var places: [Int32: Int] = [:]
    var contents: Set<[UInt8]> = []
    var spelt = tokens
    for i in spelt.indices {
      let content = spelt[i].content
      try TextLimits.check(content, file: file)
      guard contents.insert(content).inserted else {
        let text = String(decoding: content, as: UTF8.self)
        throw .malformed(file: file, "the added token \"\(text)\" is there twice")
      }
      if spelt[i].isNormalized, let normalizer {
        spelt[i].spelling = normalizer.normalize(content, 0..<content.count)
      }
    }
    self.tokens = spelt.sorted { $0.id < $1.id }
    for (place, token) in self.tokens.enumerated() {
      guard places.updateValue(place, forKey: token.id) == nil else {
        throw .malformed(file: file, "two added tokens have the id \(token.id)")
      }
    }
    self.places = places
    // Where normalization makes two spellings one, special tokens come first.
    let ordered = spelt.filter(\.isSpecial) + spelt.filter { !$0.isSpecial }
    asWritten = try TokenFinder(ordered.filter { !$0.isNormalized }, file: file)
    normalized = try TokenFinder(ordered.filter(\.isNormalized), file: file)
  }

  /// Whether any token is looked for in normalized text.
  var hasNormalized: Bool { !normalized.isEmpty }

  func token(_ id: Int32) -> AddedToken? { places[id].map { tokens[$0] } }

  /// Calls `body` with each part of a text: a token that is found in it, or what is between.
  func forEachPart(
    of text: [UInt8], _ range: Range<Int>, isNormalized: Bool,
    _ body: (Range<Int>, AddedToken?) -> Void
  ) {
    (isNormalized ? normalized : asWritten).forEachPart(of: text, range, body)
  }
}
