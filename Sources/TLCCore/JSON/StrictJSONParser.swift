/// Parses one JSON document (RFC 8259), and takes nothing that the grammar does not.
struct StrictJSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var valueCount = 0
  private static let greatestDepth = 128

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next byte; 0, which JSON text does not have, at the end.
  private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  mutating func document() -> StrictJSON? {
    guard let value = value(depth: 0) else { return nil }
    skipSpace()
    return position == bytes.count ? value : nil
  }

  private mutating func skipSpace() {
    while next == 0x20 || next == 0x09 || next == 0x0A || next == 0x0D { position += 1 }
  }

  /// Moves past a character, where it is the next one.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Moves past white space and a character.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return skip(character)
  }

  private mutating func value(depth: Int) -> StrictJSON? {
    valueCount += 1
    guard depth < Self.greatestDepth, valueCount <= StrictJSON.greatestValueCount else {
      return nil
    }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return object(depth: depth + 1)
    case UInt8(ascii: "["): return array(depth: depth + 1)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return word("true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return word("false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return word("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func word(_ word: StaticString) -> Bool {
    for scalar in "\(word)".unicodeScalars where !skip(scalar) { return false }
    return true
  }

  private mutating func number() -> StrictJSON? {
    let start = position
    _ = skip("-")
    if !skip("0") { guard digits() else { return nil } }
    if skip(".") { guard digits() else { return nil } }
    if skip("e") || skip("E") {
      if !skip("+") { _ = skip("-") }
      guard digits() else { return nil }
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  /// Moves past decimal digits, of which there must be one.
  private mutating func digits() -> Bool {
    let start = position
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
    return position > start
  }

  private mutating func object(depth: Int) -> StrictJSON? {
    position += 1
    var members: [(key: String, value: StrictJSON)] = []
    var keys: Set<[UInt8]> = []
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\""), let key = string(), keys.insert(Array(key.utf8)).inserted,
        take(":"), let value = value(depth: depth)
      else { return nil }
      members.append((key, value))
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func array(depth: Int) -> StrictJSON? {
    position += 1
    var elements: [StrictJSON] = []
    if take("]") { return .array(elements) }
    repeat {
      guard let value = value(depth: depth) else { return nil }
      elements.append(value)
    } while take(",")
    return take("]") ? .array(elements) : nil
  }

  private mutating func string() -> String? {
    position += 1
    var utf8: [UInt8] = []
    while !skip("\"") {
      guard next >= 0x20 else { return nil }
      if skip("\\") {
        guard let scalar = escape() else { return nil }
        utf8.append(contentsOf: String(scalar).utf8)
      } else {
        utf8.append(next)
        position += 1
      }
    }
    return String(validating: utf8, as: UTF8.self)
  }

  /// What stands behind a backslash.
  private mutating func escape() -> Unicode.Scalar? {
    let letter = next
    guard letter != 0 else { return nil }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let high = unit() else { return nil }
      guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
      guard skip("\\"), skip("u"), let low = unit(), (0xDC00..<0xE000).contains(low) else {
        return nil
      }
      return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() -> UInt32? {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(next)).hexDigitValue, next < 0x80 else {
        return nil
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
