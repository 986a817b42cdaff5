internal import TLCCore

/// The configuration of a layer, read by the names that versions of Keras gave a field.
struct KerasFields: Sendable {
  /// The layer's name.
  let name: String
  let className: String
  let generation: KerasGeneration
  let json: StrictJSON

  /// Integers beyond ± this are refused, so that sums and products of two do not overflow.
  static let greatestInteger = 1 << 31

  func malformed(_ what: String) -> LoweringError {
    .malformed(place: "layer \"\(name)\"", what)
  }

  /// The value of the first of these keys that is there and is not null.
  subscript(keys: [String]) -> StrictJSON? {
    for key in keys {
      if let value = json[key], !value.isNull { return value }
    }
    return nil
  }

  private func wrong(_ keys: [String], _ value: StrictJSON, _ kind: String) -> LoweringError {
    malformed("\"\(keys[0])\" is \(value.json.prefix(80)), not \(kind)")
  }

  private func required<Value>(
    _ keys: [String], _ value: Value?, or standard: Value?
  ) throws(LoweringError) -> Value {
    guard let value = value ?? standard else { throw malformed("\"\(keys[0])\" is missing") }
    return value
  }

  func flag(_ keys: String..., default standard: Bool) throws(LoweringError) -> Bool {
    guard let value = self[keys] else { return standard }
    switch value {
    case .boolean(let flag): return flag
    case .number("0"): return false
    case .number("1"): return true
    default: throw wrong(keys, value, "a truth value")
    }
  }

  func integer(_ keys: String..., default standard: Int? = nil) throws(LoweringError) -> Int {
    guard let value = self[keys] else { return try required(keys, nil, or: standard) }
    guard let integer = value.integer else { throw wrong(keys, value, "an integer") }
    return integer
  }

  func number(_ keys: String..., default standard: Float? = nil) throws(LoweringError) -> Float {
    guard let value = self[keys] else { return try required(keys, nil, or: standard) }
    guard let number = value.float else { throw wrong(keys, value, "a number") }
    return number
  }

  /// A number that may be left out.
  func optionalNumber(_ keys: String...) throws(LoweringError) -> Float? {
    guard let value = self[keys] else { return nil }
    guard let number = value.float else { throw wrong(keys, value, "a number") }
    return number
  }

  func text(_ keys: String..., default standard: String? = nil) throws(LoweringError) -> String {
    guard let value = self[keys] else { return try required(keys, nil, or: standard) }
    guard let text = value.text else { throw wrong(keys, value, "text") }
    return text
  }

  /// One integer, or a list of them; `nil` where the field is left out.
  func integers(_ keys: String...) throws(LoweringError) -> [Int]? {
    guard let value = self[keys] else { return nil }
    if let integer = value.integer { return [integer] }
    guard let integers = value.integers else {
      throw wrong(keys, value, "an integer or a list of them")
    }
    return integers
  }

  /// A number for each of `count` axes, of which one number stands for all.
  func perAxis(
    _ keys: String..., count: Int, atLeast least: Int = 1, default standard: Int? = nil
  ) throws(LoweringError) -> [Int] {
    let value = self[keys] ?? standard.map { .number(String($0)) }
    guard let value else { throw malformed("\"\(keys[0])\" is missing") }
    let single = value.integer.map { [Int](repeating: $0, count: count) }
    guard let integers = single ?? value.integers, integers.count == count,
      integers.allSatisfy({ $0 >= least })
    else { throw wrong(keys, value, "\(count) integers from \(least) on") }
    return integers
  }

  /// Whether channels are the last axis.
  func channelsAreLast() throws(LoweringError) -> Bool {
    switch try text("data_format", "dim_ordering", default: "channels_last") {
    case "channels_last", "tf", "default": true
    case "channels_first", "th": false
    case let word:
      throw malformed("\"data_format\" is \"\(word)\", not \"channels_last\" or \"channels_first\"")
    }
  }
}

extension StrictJSON {
  var isNull: Bool { if case .null = self { true } else { false } }

  /// An integer, or a number that is whole, within ± ``KerasFields/greatestInteger``.
  var integer: Int? {
    guard case .number(let digits) = self else { return nil }
    let limit = KerasFields.greatestInteger
    if let integer = Int(digits) { return abs(integer.clamped) <= limit ? integer : nil }
    guard let number = Double(digits), number == number.rounded(), abs(number) <= Double(limit)
    else { return nil }
    return Int(number)
  }

  var integers: [Int]? {
    guard let elements else { return nil }
    let integers = elements.compactMap { $0.integer }
    return integers.count == elements.count ? integers : nil
  }

  /// A number as `f32`; truth values count as 0 and 1, as in Python. `nil` of one that is not
  /// finite.
  var float: Float? {
    switch self {
    case .number(let digits): Float(digits).flatMap { $0.isFinite ? $0 : nil }
    case .boolean(let flag): flag ? 1 : 0
    // Keras 3 writes numbers of NumPy as objects.
    case .object: self["class_name"]?.text == "__numpy__" ? self["config"]?["value"]?.float : nil
    default: nil
    }
  }
}

extension Int {
  /// So that the absolute value can be taken.
  fileprivate var clamped: Int { Swift.max(self, -Int.max) }
}
