internal import TLCCore

/// The value of a method's parameter.
public enum ParameterValue: Equatable, Sendable {
  /// A whole number.
  case integer(Int)
  /// A number that is not written as a whole one.
  case number(Double)
  /// A word.
  case text(String)
  /// True or false.
  case flag(Bool)
  /// A list of whole numbers.
  case integers([Int])
}

/// The parameters of a pruning or quantization method, taken one by one.
///
/// A method takes each that it knows, and then calls ``finish()``: what is left is an error that
/// names it.
///
/// ```swift
/// var parameters = parameters
/// bits = try parameters.integer("bits", in: 2...16)
/// try parameters.finish()
/// ```
public struct Parameters: Sendable {
  /// The method that takes them, for messages.
  public let method: String
  private var values: [String: ParameterValue]
  private var known: [String] = []

  /// - Parameters:
  ///   - method: the name of the method, for messages.
  ///   - values: the parameters by key.
  public init(method: String, _ values: [String: ParameterValue]) {
    self.method = method
    self.values = values
  }

  private func refusal(_ key: String, _ allowed: String) -> CompressionError {
    .parameter(method: method, key: key, allowed: allowed)
  }

  /// Takes an integer.
  ///
  /// - Parameters:
  ///   - key: the key of the parameter.
  ///   - range: the values that are allowed.
  ///   - standard: the value where there is none; `nil` where there must be one.
  /// - Throws: ``CompressionError/parameter(method:key:allowed:)`` where it is missing, is no
  ///   integer or is out of range.
  public mutating func integer(
    _ key: String, in range: ClosedRange<Int>, default standard: Int? = nil
  ) throws(CompressionError) -> Int {
    let allowed = "an integer from \(range.lowerBound) to \(range.upperBound)"
    let value = try optionalInteger(key, in: range)
    guard let value = value ?? standard else { throw refusal(key, allowed) }
    return value
  }

  /// Takes an integer that may be absent.
  ///
  /// - Throws: ``CompressionError/parameter(method:key:allowed:)`` where it is no integer or is out
  ///   of range.
  public mutating func optionalInteger(
    _ key: String, in range: ClosedRange<Int>
  ) throws(CompressionError) -> Int? {
    known.append(key)
    guard let value = values.removeValue(forKey: key) else { return nil }
    guard case .integer(let number) = value, range.contains(number) else {
      throw refusal(key, "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Takes a number, which may be written as an integer.
  ///
  /// - Parameters:
  ///   - key: the key of the parameter.
  ///   - range: the values that are allowed.
  ///   - standard: the value where there is none; `nil` where there must be one.
  /// - Throws: ``CompressionError/parameter(method:key:allowed:)`` where it is missing, is no number
  ///   or is out of range.
  public mutating func number(
    _ key: String, in range: ClosedRange<Double>, default standard: Double? = nil
  ) throws(CompressionError) -> Double {
    known.append(key)
    if let standard, values[key] == nil { return standard }
    let allowed = "a number from \(range.lowerBound) to \(range.upperBound)"
    switch values.removeValue(forKey: key) {
    case .integer(let number) where range.contains(Double(number)): return Double(number)
    case .number(let number) where range.contains(number): return number
    default: throw refusal(key, allowed)
    }
  }

  /// Takes one of a few words.
  ///
  /// - Throws: ``CompressionError/parameter(method:key:allowed:)`` where it is none of them.
  public mutating func choice(
    _ key: String, _ choices: [String], default standard: String
  ) throws(CompressionError) -> String {
    known.append(key)
    guard let value = values.removeValue(forKey: key) else { return standard }
    guard case .text(let text) = value, choices.contains(text) else {
      throw refusal(key, "one of " + choices.joined(separator: ", "))
    }
    return text
  }

  /// Takes a truth value.
  ///
  /// - Throws: ``CompressionError/parameter(method:key:allowed:)`` where it is something else.
  public mutating func flag(
    _ key: String, default standard: Bool
  ) throws(CompressionError) -> Bool {
    known.append(key)
    guard let value = values.removeValue(forKey: key) else { return standard }
    guard case .flag(let flag) = value else { throw refusal(key, "true or false") }
    return flag
  }

  /// Ends the taking.
  ///
  /// - Throws: ``CompressionError/unknownParameter(method:key:known:)`` where a parameter is left.
  public func finish() throws(CompressionError) {
    guard let key = values.keys.sorted(by: { $0.precedesInUTF8($1) }).first else { return }
    throw .unknownParameter(method: method, key: key, known: known)
  }
}
