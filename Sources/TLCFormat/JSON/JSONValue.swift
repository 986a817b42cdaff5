/// A value of a manifest, and where in the file it starts.
struct JSONValue: Sendable {
  /// The absolute offset in bytes of the value's first byte.
  var offset: Int
  var content: Content

  indirect enum Content: Sendable {
    case object([Member])
    case array([JSONValue])
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case null
  }

  struct Member: Sendable {
    var key: String
    var value: JSONValue
  }

  init(_ content: Content, at offset: Int = 0) {
    self.content = content
    self.offset = offset
  }
}

extension JSONValue {
  static func string(_ text: String) -> JSONValue { JSONValue(.string(text)) }
  static func integer(_ number: Int) -> JSONValue { JSONValue(.integer(number)) }
  static func array(_ values: [JSONValue]) -> JSONValue { JSONValue(.array(values)) }
  static func integers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer($0) }) }
  static let null = JSONValue(.null)

  /// An object of the members whose values are not `nil`.
  static func object(_ members: [(key: String, value: JSONValue?)]) -> JSONValue {
    JSONValue(
      .object(
        members.compactMap { member in
          member.value.map { Member(key: member.key, value: $0) }
        }))
  }

  /// The number's bits as hexadecimal digits.
  static func bits<Number: FixedWidthInteger & UnsignedInteger>(_ bits: Number) -> JSONValue {
    let digits = String(bits, radix: 16)
    return .string(String(repeating: "0", count: Number.bitWidth / 4 - digits.count) + digits)
  }
}
