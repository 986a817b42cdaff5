internal import TLCCore

/// A JSON value of a foreign file's header. Keys are unique; numbers are kept as they are written.
indirect enum StrictJSON: Equatable, Sendable {
  case object([(key: String, value: StrictJSON)])
  case array([StrictJSON])
  case string(String)
  case number(String)
  case boolean(Bool)
  case null

  static func == (lhs: StrictJSON, rhs: StrictJSON) -> Bool {
    switch (lhs, rhs) {
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    case (.array(let a), .array(let b)): a == b
    case (.string(let a), .string(let b)), (.number(let a), .number(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    case (.null, .null): true
    default: false
    }
  }

  var members: [(key: String, value: StrictJSON)]? {
    if case .object(let members) = self { members } else { nil }
  }

  var elements: [StrictJSON]? { if case .array(let elements) = self { elements } else { nil } }

  var text: String? { if case .string(let text) = self { text } else { nil } }

  /// A number that is an integer from 0 up.
  var count: Int? {
    guard case .number(let digits) = self, let number = Int(digits), number >= 0 else { return nil }
    return number
  }

  subscript(key: String) -> StrictJSON? { members?.first { $0.key == key }?.value }

  /// Parses a document; `nil` where it is not JSON, has a key twice, or is nested too deep.
  init?(_ bytes: [UInt8]) {
    var parser = StrictJSONParser(bytes)
    guard let value = parser.document() else { return nil }
    self = value
  }
}

private struct StrictJSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private static let greatestDepth = 128

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  private mutating func skipSpace() {
    while [0x20, 0x09, 0x0A, 0x0D].contains(next), position < bytes.count { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func document() -> StrictJSON? {
    guard let value = value(depth: 0) else { return nil }
    skipSpace()
    return position == bytes.count ? value : nil
  }

  private mutating func value(depth: Int) -> StrictJSON? {
    guard depth < Self.greatestDepth else { return nil }
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

  private mutating func word(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func number() -> StrictJSON? {
    let start = position
    while "+-.eE0123456789".utf8.contains(next) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard Double(text) != nil, text.first != "+", text.first != "." else { return nil }
    return .number(text)
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
    while next != UInt8(ascii: "\"") {
      guard position < bytes.count, next >= 0x20 else { return nil }
      if next == UInt8(ascii: "\\") {
        guard let scalar = escape() else { return nil }
        utf8.append(contentsOf: String(scalar).utf8)
      } else {
        utf8.append(next)
        position += 1
      }
    }
    position += 1
    return String(validating: utf8, as: UTF8.self)
  }

  private mutating func escape() -> Unicode.Scalar? {
    position += 1
    let letter = next
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
      guard next == UInt8(ascii: "\\") else { return nil }
      position += 1
      guard next == UInt8(ascii: "u") else { return nil }
      position += 1
      guard let low = unit(), (0xDC00..<0xE000).contains(low) else { return nil }
      return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  private mutating func unit() -> UInt32? {
    guard bytes.count - position >= 4 else { return nil }
    let digits = bytes[position..<position + 4]
    guard digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
      return nil
    }
    position += 4
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
