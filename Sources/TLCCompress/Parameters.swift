internal import TLCCore

/// The value of a method's parameter.
public enum ParameterValue: Equatable, Sendable {
  case integer(Int)
  case number(Double)
  case text(String)
  case flag(Bool)
  case integers([Int])
}

/// The parameters of a pruning or quantization method, taken one by one.
///
/// What is left after a method has taken all it knows is an error that names it.
public struct Parameters: Sendable {
  /// The method that takes them, for messages.
  public let method: String
  private var values: [String: ParameterValue]
  private var known: [String] = []

  public init(method: String, _ values: [String: ParameterValue]) {
    self.method = method
    self.values = values
  }

  private func refusal(_ key: String, _ allowed: String) -> CompressionError {
    .parameter(method: method, key: key, allowed: allowed)
  }

  mutating func integer(
    _ key: String, in range: ClosedRange<Int>, default standard: Int? = nil
  ) throws(CompressionError) -> Int {
    let allowed = "an integer from \(range.lowerBound) to \(range.upperBound)"
    let value = try optionalInteger(key, in: range)
    guard let value = value ?? standard else { throw refusal(key, allowed) }
    return value
  }

  mutating func optionalInteger(
    _ key: String, in range: ClosedRange<Int>
  ) throws(CompressionError) -> Int? {
    known.append(key)
    guard let value = values.removeValue(forKey: key) else { return nil }
    guard case .integer(let number) = value, range.contains(number) else {
      throw refusal(key, "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func number(
    _ key: String, in range: ClosedRange<Double>
  ) throws(CompressionError) -> Double {
    known.append(key)
    let allowed = "a number from \(range.lowerBound) to \(range.upperBound)"
    switch values.removeValue(forKey: key) {
    case .integer(let number) where range.contains(Double(number)): return Double(number)
    case .number(let number) where range.contains(number): return number
    default: throw refusal(key, allowed)
    }
  }

  mutating func choice(
    _ key: String, _ choices: [String], default standard: String
  ) throws(CompressionError) -> String {
    known.append(key)
    guard let value = values.removeValue(forKey: key) else { return standard }
    guard case .text(let text) = value, choices.contains(text) else {
      throw refusal(key, "one of " + choices.joined(separator: ", "))
    }
    return text
  }

  mutating func flag(_ key: String, default standard: Bool) throws(CompressionError) -> Bool {
    known.append(key)
    guard let value = values.removeValue(forKey: key) else { return standard }
    guard case .flag(let flag) = value else { throw refusal(key, "true or false") }
    return flag
  }

  /// Throws if a parameter is left.
  func finish() throws(CompressionError) {
    guard let key = values.keys.sorted(by: { $0.precedesInUTF8($1) }).first else { return }
    throw .unknownParameter(method: method, key: key, known: known)
  }
}
