/// A JSON value of a foreign file. Keys are unique; numbers are kept as they are written.
public enum StrictJSON: Sendable {
  /// Members in the file's order.
  case object([(key: String, value: StrictJSON)])
  /// Elements in their order.
  case array([StrictJSON])
  /// A string, its escapes resolved.
  case string(String)
  /// A number, as it is written.
  case number(String)
  /// `true` or `false`.
  case boolean(Bool)
  /// `null`.
  case null

  /// The most values that a document may have, so that a small file cannot take large memory.
  public static let greatestValueCount = 1 << 22

  /// Parses a document; `nil` where it is not JSON, has a key twice, is nested more than 128 deep,
  /// or has more than ``greatestValueCount`` values.
  public init?(_ bytes: [UInt8]) {
    var parser = StrictJSONParser(bytes)
    guard let value = parser.document() else { return nil }
    self = value
  }

  /// The members of an object; `nil` of another value.
  public var members: [(key: String, value: StrictJSON)]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements of an array; `nil` of another value.
  public var elements: [StrictJSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// A string; `nil` of another value.
  public var text: String? { if case .string(let text) = self { text } else { nil } }

  /// A number that is written as an integer from 0 up.
  public var count: Int? {
    guard case .number(let digits) = self, !digits.hasPrefix("-") else { return nil }
    return Int(digits)
  }

  /// The value of a key; `nil` where there is none, and of what is no object.
  ///
  /// - Complexity: O(n) of n members.
  public subscript(key: String) -> StrictJSON? { members?.first { $0.key == key }?.value }

  /// The value as JSON without white space.
  public var json: String {
    switch self {
    case .object(let members):
      "{" + members.map { "\(JSONText.quoted($0.key)):\($0.value.json)" }.joined(separator: ",")
        + "}"
    case .array(let elements): "[" + elements.map { $0.json }.joined(separator: ",") + "]"
    case .string(let text): JSONText.quoted(text)
    case .number(let digits): digits
    case .boolean(let flag): flag ? "true" : "false"
    case .null: "null"
    }
  }

  /// The value with each text replaced, those within it too.
  public func mapTexts(_ change: (_ key: String?, _ text: String) -> String) -> StrictJSON {
    mapTexts(key: nil, change)
  }

  private func mapTexts(key: String?, _ change: (String?, String) -> String) -> StrictJSON {
    switch self {
    case .object(let members):
      .object(members.map { ($0.key, $0.value.mapTexts(key: $0.key, change)) })
    case .array(let elements): .array(elements.map { $0.mapTexts(key: key, change) })
    case .string(let text): .string(change(key, text))
    case .number, .boolean, .null: self
    }
  }
}
