internal import TLCCore

/// Parses JSON that is in canonical form, and refuses any other: `formats/tlcq.md` §4.
struct CanonicalJSONParser {
  private let bytes: [UInt8]
  /// The absolute offset of the first byte.
  private let base: Int
  private var position = 0
  private var valueCount = 0

  /// Parses a whole document.
  ///
  /// - Parameter base: where the bytes stand in their file.
  /// - Throws: ``FormatError`` with the offset of the first byte that is not canonical.
  static func parse(_ bytes: [UInt8], at base: Int) throws(FormatError) -> JSONValue {
    var parser = CanonicalJSONParser(bytes: bytes, base: base)
    let value = try parser.parseValue(depth: 0)
    guard parser.position == bytes.count else {
      throw parser.refusal("something follows the object")
    }
    return value
  }

  private init(bytes: [UInt8], base: Int) {
    self.bytes = bytes
    self.base = base
  }

  /// The next byte, or 0 at the end: no rule accepts a 0.
  private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  private func refusal(_ what: String) -> FormatError {
    FormatError(.notCanonical(what), at: base + position)
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(FormatError) {
    guard next == UInt8(ascii: character) else { throw refusal("\"\(character)\" is missing") }
    position += 1
  }

  private mutating func parseValue(depth: Int) throws(FormatError) -> JSONValue {
    let start = base + position
    valueCount += 1
    guard valueCount <= Limits.manifestValueCount else {
      throw FormatError(
        .limit("the manifest has more than \(Limits.manifestValueCount) values"), at: start)
    }
    switch next {
    case UInt8(ascii: "{"):
      return JSONValue(.object(try parseMembers(depth: depth + 1)), at: start)
    case UInt8(ascii: "["):
      return JSONValue(.array(try parseElements(depth: depth + 1)), at: start)
    case UInt8(ascii: "\""): return JSONValue(.string(try parseString()), at: start)
    case UInt8(ascii: "t"): return JSONValue(.boolean(true), at: try parseWord("true", at: start))
    case UInt8(ascii: "f"): return JSONValue(.boolean(false), at: try parseWord("false", at: start))
    case UInt8(ascii: "n"): return JSONValue(.null, at: try parseWord("null", at: start))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSONValue(.integer(try parseInteger()), at: start)
    default: throw refusal("no value starts here")
    }
  }

  private mutating func enter(_ depth: Int) throws(FormatError) {
    guard depth <= Limits.manifestDepth else {
      throw FormatError(
        .limit("the manifest is nested more than \(Limits.manifestDepth) deep"), at: base + position
      )
    }
    position += 1
  }

  private mutating func parseMembers(depth: Int) throws(FormatError) -> [JSONValue.Member] {
    try enter(depth)
    var members: [JSONValue.Member] = []
    if next == UInt8(ascii: "}") {
      position += 1
      return members
    }
    while true {
      let start = position
      let key = try parseString()
      if let last = members.last, !last.key.precedesInUTF8(key) {
        position = start
        throw refusal("key \"\(key)\" does not come after \"\(last.key)\"")
      }
      try expect(":")
      members.append(JSONValue.Member(key: key, value: try parseValue(depth: depth)))
      if next == UInt8(ascii: "}") { break }
      try expect(",")
    }
    position += 1
    return members
  }

  private mutating func parseElements(depth: Int) throws(FormatError) -> [JSONValue] {
    try enter(depth)
    var elements: [JSONValue] = []
    if next == UInt8(ascii: "]") {
      position += 1
      return elements
    }
    while true {
      elements.append(try parseValue(depth: depth))
      if next == UInt8(ascii: "]") { break }
      try expect(",")
    }
    position += 1
    return elements
  }

  private mutating func parseWord(_ word: StaticString, at start: Int) throws(FormatError) -> Int {
    for byte in word.description.utf8 {
      guard next == byte else { throw refusal("\"\(word)\" is misspelt") }
      position += 1
    }
    return start
  }

  private mutating func parseInteger() throws(FormatError) -> Int {
    let start = position
    let isNegative = next == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let first = next
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      throw refusal("a digit is missing")
    }
    var magnitude = 0
    while case UInt8(ascii: "0")...UInt8(ascii: "9") = next {
      magnitude = magnitude * 10 + Int(next - UInt8(ascii: "0"))
      guard magnitude < 1 << 53 else {
        position = start
        throw refusal("a number is beyond 2^53 - 1")
      }
      position += 1
    }
    let firstDigit = start + (isNegative ? 1 : 0)
    if first == UInt8(ascii: "0"), isNegative || position > firstDigit + 1 {
      position = isNegative ? firstDigit : firstDigit + 1
      throw refusal("a number has a needless zero or sign")
    }
    return isNegative ? -magnitude : magnitude
  }

  private mutating func parseString() throws(FormatError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    let start = position
    while next != UInt8(ascii: "\"") {
      guard position < bytes.count else { throw refusal("a string does not end") }
      guard next >= 0x20 else { throw refusal("a control character is not escaped") }
      if next == UInt8(ascii: "\\") {
        text.append(try parseEscape())
      } else {
        text.append(next)
        position += 1
      }
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      position = firstIllFormed(from: start)
      throw refusal("a string is not UTF-8")
    }
    position += 1
    return string
  }

  /// Where the first sequence that is not UTF-8 starts.
  private func firstIllFormed(from start: Int) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes[start..<position].makeIterator()
    var place = start
    while case .valid(let scalar) = parser.parseScalar(from: &rest) { place += scalar.count }
    return place
  }

  private mutating func parseEscape() throws(FormatError) -> UInt8 {
    position += 1
    let letter = next
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      position += 1
      return letter
    case UInt8(ascii: "u"):
      position += 1
      return try parseCodeUnit()
    default:
      guard let short = Self.shortEscapes.first(where: { $0.letter == letter }) else {
        throw refusal("an escape is not the shortest one, or none is needed")
      }
      position += 1
      return short.byte
    }
  }

  private static let shortEscapes: [(letter: UInt8, byte: UInt8)] = [
    (UInt8(ascii: "b"), 0x08), (UInt8(ascii: "t"), 0x09), (UInt8(ascii: "n"), 0x0A),
    (UInt8(ascii: "f"), 0x0C), (UInt8(ascii: "r"), 0x0D),
  ]

  /// Parses the four digits of `\u00xx`, of a control character that has no shorter escape.
  private mutating func parseCodeUnit() throws(FormatError) -> UInt8 {
    var byte: UInt8 = 0
    for place in 0..<4 {
      let digit: UInt8
      switch next {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = next - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = next - UInt8(ascii: "a") + 10
      default: throw refusal("an escape is not four lower-case digits")
      }
      byte = byte << 4 | digit
      let isAllowed =
        switch place {
        case 0, 1: digit == 0
        case 2: digit <= 1
        default: !Self.shortEscapes.contains { $0.byte == byte }
        }
      guard isAllowed else {
        throw refusal("an escape is not the shortest one, or none is needed")
      }
      position += 1
    }
    return byte
  }
}
