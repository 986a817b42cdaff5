internal import TLCCore

/// An object of a tokenizer's file, read key by key with errors that say which file and what.
struct JSONFields {
  let file: String
  /// The keys that lead to the object, for messages.
  private let path: String
  private let value: StrictJSON

  /// A whole file.
  init(parsing bytes: [UInt8], file: String) throws(TextError) {
    guard bytes.count <= TextLimits.fileByteCount else {
      throw .limit(
        file: file, "\(bytes.count) bytes, beyond \(TextLimits.fileByteCount), the limit")
    }
    guard let value = StrictJSON(bytes), value.members != nil else {
      throw .malformed(file: file, "it is not a JSON object, or has a key twice")
    }
    self.init(value, file: file, path: "")
  }

  private init(_ value: StrictJSON, file: String, path: String) {
    self.value = value
    self.file = file
    self.path = path
  }

  /// All members, by key in the file's order.
  var members: [(key: String, value: StrictJSON)] { value.members ?? [] }

  func malformed(_ key: String, _ what: String) -> TextError {
    .malformed(file: file, "\(path)\(key) is not \(what)")
  }

  func unsupported(_ what: String) -> TextError { .unsupported(file: file, what) }

  /// A key's value; `nil` where there is none, or `null`.
  func optional(_ key: String) -> StrictJSON? {
    if case .null? = value[key] { nil } else { value[key] }
  }

  func string(_ key: String) throws(TextError) -> String {
    guard let text = optional(key)?.text else { throw malformed(key, "a string") }
    return text
  }

  func optionalString(_ key: String) throws(TextError) -> String? {
    optional(key) == nil ? nil : try string(key)
  }

  func flag(_ key: String, default absent: Bool) throws(TextError) -> Bool {
    try optionalFlag(key) ?? absent
  }

  func optionalFlag(_ key: String) throws(TextError) -> Bool? {
    guard let value = optional(key) else { return nil }
    guard case .boolean(let flag) = value else { throw malformed(key, "true or false") }
    return flag
  }

  /// An integer from 0 to `limit`.
  func count(_ key: String, default absent: Int? = nil, limit: Int) throws(TextError) -> Int {
    guard let value = optional(key) else {
      guard let absent else { throw malformed(key, "a number") }
      return absent
    }
    return try count(value, key, limit: limit)
  }

  func count(_ value: StrictJSON, _ key: String, limit: Int) throws(TextError) -> Int {
    guard let count = value.count, count <= limit else {
      throw malformed(key, "an integer from 0 to \(limit)")
    }
    return count
  }

  /// The id of a token.
  func id(_ key: String) throws(TextError) -> Int32 {
    Int32(try count(key, limit: TextLimits.tokenID))
  }

  func object(_ key: String) throws(TextError) -> JSONFields {
    guard let object = try optionalObject(key) else { throw malformed(key, "an object") }
    return object
  }

  func optionalObject(_ key: String) throws(TextError) -> JSONFields? {
    try optional(key).map { value throws(TextError) in try object(value, key) }
  }

  func object(_ value: StrictJSON, _ key: String) throws(TextError) -> JSONFields {
    guard value.members != nil else { throw malformed(key, "an object") }
    return JSONFields(value, file: file, path: "\(path)\(key).")
  }

  /// The elements of an array; none where there is no key.
  func elements(_ key: String) throws(TextError) -> [StrictJSON] {
    guard let value = optional(key) else { return [] }
    guard let elements = value.elements else { throw malformed(key, "an array") }
    return elements
  }

  /// The objects of an array; none where there is no key.
  func objects(_ key: String) throws(TextError) -> [JSONFields] {
    var objects: [JSONFields] = []
    for element in try elements(key) { objects.append(try object(element, key)) }
    return objects
  }

  /// Refuses a key that is there with a value that means anything: not `null`, `false`, 0 or "".
  func refuse(_ key: String) throws(TextError) {
    switch optional(key) {
    case nil, .boolean(false)?: return
    case .number(let digits)? where Double(digits) == 0: return
    case .string(let text)? where text.isEmpty: return
    default: throw unsupported("\(path)\(key)")
    }
  }
}
