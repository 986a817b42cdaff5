internal import TLCCore
internal import TLCSystem

/// An object of a manifest, read key by key with errors that say where and what.
///
/// Keys that nobody asks for are ignored: a later minor version may add some.
struct JSONObject {
  /// The absolute offset in bytes of the object.
  let offset: Int
  private let members: [JSONValue.Member]
  /// The tensor that errors name.
  var tensor: String?

  init(_ value: JSONValue, key: String, tensor: String? = nil) throws(FormatError) {
    guard case .object(let members) = value.content else {
      throw FormatError(.wrongType(key: key, expected: "an object"), at: value.offset, in: tensor)
    }
    offset = value.offset
    self.members = members
    self.tensor = tensor
  }

  /// The value of a key that may be absent.
  func optional(_ key: String) -> JSONValue? {
    members.first { $0.key.equalsInUTF8(key) }?.value
  }

  /// The value of a key that must be there.
  func value(_ key: String) throws(FormatError) -> JSONValue {
    guard let value = optional(key) else {
      throw FormatError(.missingKey(key), at: offset, in: tensor)
    }
    return value
  }

  func wrongType(_ key: String, _ expected: String, _ value: JSONValue) -> FormatError {
    FormatError(.wrongType(key: key, expected: expected), at: value.offset, in: tensor)
  }

  func outOfRange(
    _ key: String, _ found: String, allowed: String, at offset: Int
  ) -> FormatError {
    FormatError(.outOfRange(key: key, found: found, allowed: allowed), at: offset, in: tensor)
  }

  func string(_ key: String) throws(FormatError) -> String {
    let value = try value(key)
    guard case .string(let text) = value.content else { throw wrongType(key, "a string", value) }
    return text
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws(FormatError) -> Int {
    try integer(key, try value(key), in: range)
  }

  func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(FormatError) -> Int? {
    guard let value = optional(key) else { return nil }
    return try integer(key, value, in: range)
  }

  private func integer(
    _ key: String, _ value: JSONValue, in range: ClosedRange<Int>
  ) throws(FormatError) -> Int {
    guard case .integer(let number) = value.content else {
      throw wrongType(key, "an integer", value)
    }
    guard range.contains(number) else {
      throw outOfRange(
        key, String(number), allowed: "\(range.lowerBound) to \(range.upperBound)",
        at: value.offset)
    }
    return number
  }

  func array(_ key: String) throws(FormatError) -> [JSONValue] {
    let value = try value(key)
    guard case .array(let elements) = value.content else { throw wrongType(key, "an array", value) }
    return elements
  }

  func integers(_ key: String, in range: ClosedRange<Int>) throws(FormatError) -> [Int] {
    var integers: [Int] = []
    for element in try array(key) { integers.append(try integer(key, element, in: range)) }
    return integers
  }

  func object(_ key: String) throws(FormatError) -> JSONObject {
    try JSONObject(try value(key), key: key, tensor: tensor)
  }

  func digest(_ key: String) throws(FormatError) -> Digest {
    try digest(key, try value(key))
  }

  func digest(_ key: String, _ value: JSONValue) throws(FormatError) -> Digest {
    guard case .string(let text) = value.content else { throw wrongType(key, "a string", value) }
    guard let digest = Digest(hex: text) else {
      throw wrongType(key, "64 lower-case hexadecimal digits", value)
    }
    return digest
  }

  /// The bits of a floating-point number of `byteCount` bytes.
  func bits(_ key: String, byteCount: Int) throws(FormatError) -> UInt64 {
    let value = try value(key)
    guard case .string(let text) = value.content else { throw wrongType(key, "a string", value) }
    guard let bytes = [UInt8](hex: text), bytes.count == byteCount else {
      throw wrongType(key, "\(byteCount * 2) lower-case hexadecimal digits", value)
    }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// One of a set of names.
  func choice<Choice>(
    _ key: String, _ choices: [(name: String, value: Choice)]
  ) throws(FormatError) -> Choice {
    let value = try value(key)
    let text = try string(key)
    guard let choice = choices.first(where: { $0.name == text }) else {
      throw outOfRange(
        key, "\"\(text)\"", allowed: "one of " + choices.map { $0.name }.joined(separator: ", "),
        at: value.offset)
    }
    return choice.value
  }

  /// A name of a tensor or asset (R17).
  func name(_ key: String) throws(FormatError) -> String {
    let value = try value(key)
    let name = try string(key)
    guard Name.isValid(name) else { throw FormatError(.invalidName, at: value.offset, in: tensor) }
    return name
  }
}
