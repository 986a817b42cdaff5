/// The tokens of a model, each a string with an id.
struct Vocabulary: Sendable {
  private var table: TokenTable
  private var tokens: [[UInt8]?] = []
  let file: String

  /// One more than the largest id.
  var idCount: Int { tokens.count }
  /// How many different tokens there are.
  var count: Int { table.count }

  /// Tokens with their ids. Where two are equal the later one's id holds, and both ids are its.
  init(_ entries: [(token: [UInt8], id: Int)], file: String) throws(TextError) {
    guard entries.count <= TextLimits.tokenCount else {
      throw .limit(
        file: file, "\(entries.count) tokens, beyond \(TextLimits.tokenCount), the limit")
    }
    self.file = file
    table = TokenTable(capacity: entries.count)
    for (token, id) in entries {
      try TextLimits.check(token, file: file)
      guard (0...TextLimits.tokenID).contains(id) else {
        throw .limit(file: file, "a token's id is \(id), beyond \(TextLimits.tokenID), the limit")
      }
      while tokens.count <= id { tokens.append(nil) }
      guard tokens[id] == nil else { throw .malformed(file: file, "two tokens have the id \(id)") }
      tokens[id] = token
      guard table.insert(token, id: Int32(id), replacing: true) else {
        throw .malformed(file: file, "its tokens collide as only tokens chosen for it do")
      }
    }
  }

  func id(of token: [UInt8]) -> Int32? { table.id(of: token, 0..<token.count) }

  func id(of text: [UInt8], _ range: Range<Int>) -> Int32? { table.id(of: text, range) }

  func longest(in text: [UInt8], _ range: Range<Int>) -> (id: Int32, byteCount: Int)? {
    table.longest(in: text, range)
  }

  /// The token of an id.
  func token(_ id: Int) -> [UInt8]? { tokens.indices.contains(id) ? tokens[id] : nil }

  /// The id of a token that must be there.
  func requiredID(of token: String) throws(TextError) -> Int32 {
    guard let id = id(of: Array(token.utf8)) else {
      throw .malformed(file: file, "the token \"\(token)\" is not in the vocabulary")
    }
    return id
  }
}
