/// The few Python literals that an `.npy` header is made of.
struct PythonLiteral {
  enum Value: Equatable {
    case text(String)
    case flag(Bool)
    /// A tuple of integers from 0 up.
    case integers([Int])
    /// A list, which describes a structured type, and whose contents are passed over.
    case list
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next byte; 0 at the end.
  private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  private mutating func skipSpace() { while next == 0x20 || next == 0x0A { position += 1 } }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// A whole dictionary with unique keys of text.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var members: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value(), members[key] == nil else {
        return nil
      }
      members[key] = value
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    skipSpace()
    return position == bytes.count ? members : nil
  }

  /// Text in either quotes, without escapes.
  private mutating func text() -> String? {
    for quote in ["'", "\""] as [Unicode.Scalar] where take(quote) {
      let start = position
      while next != UInt8(ascii: quote) {
        guard next != 0, next != UInt8(ascii: "\\") else { return nil }
        position += 1
      }
      position += 1
      return String(validating: bytes[start..<position - 1], as: UTF8.self)
    }
    return nil
  }

  private mutating func value() -> Value? {
    if let text = text() { return .text(text) }
    if take("(") { return integers() }
    if take("[") { return list() }
    for (word, flag) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return .flag(flag)
    }
    return nil
  }

  private mutating func list() -> Value? {
    var depth = 1
    while depth > 0 {
      guard position < bytes.count else { return nil }
      if next == UInt8(ascii: "[") { depth += 1 }
      if next == UInt8(ascii: "]") { depth -= 1 }
      position += 1
    }
    return .list
  }

  /// The rest of a tuple, in which one integer has a comma behind it.
  private mutating func integers() -> Value? {
    var integers: [Int] = []
    while !take(")") {
      skipSpace()
      let start = position
      while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
      guard let integer = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
        return nil
      }
      integers.append(integer)
      // Python 2 wrote long integers with an L.
      _ = take("L")
      if !take(",") {
        guard integers.count > 1, take(")") else { return nil }
        break
      }
    }
    return .integers(integers)
  }
}
