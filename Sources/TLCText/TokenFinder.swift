/// Finds tokens in a text from its start to its end: at each place the longest one, and none within
/// another.
struct TokenFinder: Sendable {
  /// Spellings, with places in `tokens`.
  private var table: TokenTable
  private var tokens: [AddedToken] = []
  /// Whether a token starts with a byte.
  private var isFirstByte = [Bool](repeating: false, count: 256)

  var isEmpty: Bool { tokens.isEmpty }

  /// Of two tokens with one spelling the first one is found; one without any is not.
  init(_ entries: [AddedToken], file: String) throws(TextError) {
    table = TokenTable(capacity: entries.count)
    for token in entries {
      guard let first = token.spelling.first else { continue }
      guard table.insert(token.spelling, id: Int32(truncatingIfNeeded: tokens.count)) else {
        throw .malformed(file: file, "its tokens collide as only tokens chosen for it do")
      }
      tokens.append(token)
      isFirstByte[Int(first)] = true
    }
  }

  /// Calls `body` with each part of `range` of a text: a token, or what is between.
  func forEachPart(
    of text: [UInt8], _ range: Range<Int>, _ body: (Range<Int>, AddedToken?) -> Void
  ) {
    var partStart = range.lowerBound
    var i = range.lowerBound
    if tokens.isEmpty { i = range.upperBound }
    while i < range.upperBound {
      guard isFirstByte[Int(text[i])],
        let match = table.longest(in: text, i..<range.upperBound)
      else {
        i += 1
        continue
      }
      let found = i..<i + match.byteCount
      i = found.upperBound
      let token = tokens[Int(match.id)]
      if token.isSingleWord, touchesWord(text, range, found) { continue }
      let start =
        token.takesSpaceBefore ? spaceStart(text, found.lowerBound, partStart) : found.lowerBound
      let end = token.takesSpaceAfter ? spaceEnd(text, i, range.upperBound) : i
      if partStart < start { body(partStart..<start, nil) }
      body(min(start, end)..<end, token)
      partStart = end
    }
    if partStart < range.upperBound { body(partStart..<range.upperBound, nil) }
  }

  private func touchesWord(_ text: [UInt8], _ range: Range<Int>, _ found: Range<Int>) -> Bool {
    found.lowerBound > range.lowerBound && text.scalar(before: found.lowerBound).scalar.isWord
      || found.upperBound < range.upperBound && text.scalar(at: found.upperBound).scalar.isWord
  }

  /// Where the white space starts that ends at `end`, not before `limit`.
  private func spaceStart(_ text: [UInt8], _ end: Int, _ limit: Int) -> Int {
    var start = end
    while start > limit {
      let (scalar, byteCount) = text.scalar(before: start)
      guard scalar.properties.isWhitespace else { break }
      start -= byteCount
    }
    return max(start, limit)
  }

  private func spaceEnd(_ text: [UInt8], _ start: Int, _ limit: Int) -> Int {
    var end = start
    while end < limit {
      let (scalar, byteCount) = text.scalar(at: end)
      guard scalar.properties.isWhitespace else { break }
      end += byteCount
    }
    return end
  }
}
