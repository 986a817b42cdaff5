public import TLCCore

/// The value of a node's attribute: `formats/graph.md` §Attributes.
public enum Attribute: Equatable, Sendable {
  /// An integer.
  case int(Int)
  /// Integers.
  case ints([Int])
  /// A number of `f32`.
  case float(Float)
  /// Numbers of `f32`.
  case floats([Float])
  /// A text.
  case string(String)
  /// Texts.
  case strings([String])
  /// A tensor.
  case tensor(Tensor)

  /// The name of the kind.
  var kind: String {
    switch self {
    case .int: "int"
    case .ints: "ints"
    case .float: "float"
    case .floats: "floats"
    case .string: "string"
    case .strings: "strings"
    case .tensor: "tensor"
    }
  }
}

/// Hands a node's attributes to its operator, and tells in the end which were not asked for.
///
/// Each method throws ``OperatorError`` where the attribute is of another kind, and gives `nil` or a
/// default where there is none of the name.
public struct Attributes {
  private let all: [String: Attribute]
  private var unread: Set<String>

  package init(_ all: [String: Attribute]) {
    self.all = all
    unread = Set(all.keys)
  }

  private mutating func take(_ name: String) -> Attribute? {
    unread.remove(name)
    return all[name]
  }

  private func wrongKind(_ name: String, _ found: Attribute, _ kind: String) -> OperatorError {
    OperatorError("attribute \"\(name)\" is of the kind \"\(found.kind)\", not \"\(kind)\"")
  }

  /// An integer.
  public mutating func int(_ name: String) throws(OperatorError) -> Int? {
    guard let found = take(name) else { return nil }
    guard case .int(let value) = found else { throw wrongKind(name, found, "int") }
    return value
  }

  /// An integer of a range; throws where it is not in it.
  public mutating func int(
    _ name: String, in range: ClosedRange<Int>, default standard: Int
  ) throws(OperatorError) -> Int {
    let value = try int(name) ?? standard
    guard range.contains(value) else {
      throw OperatorError(
        "attribute \"\(name)\" is \(value), not \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// Whether an integer is 1; throws where it is neither 0 nor 1.
  public mutating func flag(_ name: String, default standard: Bool) throws(OperatorError) -> Bool {
    try int(name, in: 0...1, default: standard ? 1 : 0) == 1
  }

  /// Integers.
  public mutating func ints(_ name: String) throws(OperatorError) -> [Int]? {
    guard let found = take(name) else { return nil }
    guard case .ints(let value) = found else { throw wrongKind(name, found, "ints") }
    return value
  }

  /// A number.
  public mutating func float(_ name: String) throws(OperatorError) -> Float? {
    guard let found = take(name) else { return nil }
    guard case .float(let value) = found else { throw wrongKind(name, found, "float") }
    return value
  }

  /// Numbers.
  public mutating func floats(_ name: String) throws(OperatorError) -> [Float]? {
    guard let found = take(name) else { return nil }
    guard case .floats(let value) = found else { throw wrongKind(name, found, "floats") }
    return value
  }

  /// A text.
  public mutating func string(_ name: String) throws(OperatorError) -> String? {
    guard let found = take(name) else { return nil }
    guard case .string(let value) = found else { throw wrongKind(name, found, "string") }
    return value
  }

  /// One of several words; throws where it is another.
  public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, default standard: Choice
  ) throws(OperatorError) -> Choice {
    guard let word = try string(name) else { return standard }
    guard let choice = Choice(rawValue: word) else {
      let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw OperatorError("attribute \"\(name)\" is \"\(word)\"; there are \(words)")
    }
    return choice
  }

  /// Texts.
  public mutating func strings(_ name: String) throws(OperatorError) -> [String]? {
    guard let found = take(name) else { return nil }
    guard case .strings(let value) = found else { throw wrongKind(name, found, "strings") }
    return value
  }

  /// A tensor.
  public mutating func tensor(_ name: String) throws(OperatorError) -> Tensor? {
    guard let found = take(name) else { return nil }
    guard case .tensor(let value) = found else { throw wrongKind(name, found, "tensor") }
    return value
  }

  /// An element type, as ONNX numbers them; throws where it is none that `DType` has.
  public mutating func elementType(_ name: String) throws(OperatorError) -> DType? {
    guard let number = try int(name) else { return nil }
    guard let dtype = DType(onnx: number) else {
      throw OperatorError("attribute \"\(name)\" is \(number), which no element type here has")
    }
    return dtype
  }

  /// Requires that every attribute was asked for.
  package func finish() throws(OperatorError) {
    guard let name = unread.sorted(by: { $0.precedesInUTF8($1) }).first else { return }
    throw OperatorError("it has no attribute \"\(name)\"")
  }
}

extension DType {
  /// The type that ONNX gives this number; `nil` where it is none of these.
  public init?(onnx number: Int) {
    switch number {
    case 1: self = .f32
    case 2: self = .u8
    case 3: self = .i8
    case 4: self = .u16
    case 5: self = .i16
    case 6: self = .i32
    case 7: self = .i64
    case 9: self = .bool
    case 10: self = .f16
    case 11: self = .f64
    case 12: self = .u32
    case 13: self = .u64
    case 16: self = .bf16
    default: return nil
    }
  }
}
