/// The length of an axis: a number, or a product of a number and named lengths that a run fixes.
///
/// `batch`, `2·batch·sequence`, `384`. Products are all that reshaping needs; a length that is no
/// product of names, such as that of a convolution over a named length, gets a name of its own.
public struct Dimension: Hashable, Sendable {
  /// The number.
  public let factor: Int
  /// The names, sorted; with repetition.
  public let names: [String]

  init(factor: Int, names: [String]) {
    self.factor = factor
    self.names = factor == 0 ? [] : names.sorted()
  }

  /// A number.
  public init(_ length: Int) { self.init(factor: length, names: []) }

  /// A named length.
  public init(named name: String) { self.init(factor: 1, names: [name]) }

  /// The number, where there is no name.
  public var length: Int? { names.isEmpty ? factor : nil }

  /// The product; `nil` where it is 2⁵³ or more.
  func times(_ other: Dimension) -> Dimension? {
    let (product, overflow) = factor.multipliedReportingOverflow(by: other.factor)
    guard !overflow, product < 1 << 53 else { return nil }
    return Dimension(factor: product, names: names + other.names)
  }

  /// The sum, where it is a product of a number and names; `nil` too where it is 2⁵³ or more.
  func plus(_ other: Dimension) -> Dimension? {
    guard factor != 0 else { return other }
    guard other.factor != 0 else { return self }
    let (sum, overflow) = factor.addingReportingOverflow(other.factor)
    guard names == other.names, !overflow, sum < 1 << 53 else { return nil }
    return Dimension(factor: sum, names: names)
  }

  /// The quotient, where it is known to be whole.
  func divided(by other: Dimension) -> Dimension? {
    guard other.factor != 0, factor % other.factor == 0 else { return nil }
    var rest = names
    for name in other.names {
      guard let place = rest.firstIndex(of: name) else { return nil }
      rest.remove(at: place)
    }
    return Dimension(factor: factor / other.factor, names: rest)
  }

  /// The length for given lengths of the names; `nil` where one is missing or it is 2⁵³ or more.
  public func length(where lengths: [String: Int]) -> Int? {
    var length = factor
    for name in names {
      guard let value = lengths[name] else { return nil }
      let (product, overflow) = length.multipliedReportingOverflow(by: value)
      guard !overflow, product < 1 << 53 else { return nil }
      length = product
    }
    return length
  }
}

extension Dimension: CustomStringConvertible, ExpressibleByIntegerLiteral {
  public init(integerLiteral length: Int) { self.init(length) }

  public var description: String {
    let parts = (factor == 1 && !names.isEmpty ? [] : [String(factor)]) + names
    return parts.joined(separator: "·")
  }
}
