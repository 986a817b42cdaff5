/// Whether and how errors of some columns of a matrix are made good by those that follow (Frantar et
/// al., 2023): `formats/recipe.md` §Feedback.
public struct FeedbackOptions: Equatable, Sendable {
  /// In which order columns are rounded.
  public enum Order: String, CaseIterable, Sendable {
    /// Those with the greatest inputs first, of equal ones that which stands first.
    case descending
    /// As they stand.
    case natural
  }

  /// Whether there is feedback where inputs are known.
  public var isWanted: Bool
  /// What is added to the diagonal of the moments, in units of its mean.
  public var damping: Double
  /// In which order columns are rounded.
  public var order: Order

  static let dampings = 0x1p-40...1.0

  /// - Precondition: `damping` is in 2⁻⁴⁰...1.
  public init(isWanted: Bool = true, damping: Double = 0.01, order: Order = .descending) {
    precondition(Self.dampings.contains(damping), "a damping of \(damping)")
    self.isWanted = isWanted
    self.damping = damping
    self.order = order
  }

  /// Takes `feedback`, `damping` and `order`, each optional.
  ///
  /// - Throws: ``CompressionError`` where one is out of range.
  public init(parameters: inout Parameters) throws(CompressionError) {
    let isWanted = try parameters.flag("feedback", default: true)
    try self.init(sweepOf: &parameters)
    self.isWanted = isWanted
  }

  /// Takes `damping` and `order`, each optional.
  init(sweepOf parameters: inout Parameters) throws(CompressionError) {
    let damping = try parameters.number("damping", in: Self.dampings, default: 0.01)
    let name = try parameters.choice(
      "order", Order.allCases.map { $0.rawValue }, default: Order.descending.rawValue)
    self.init(damping: damping, order: Order(rawValue: name) ?? .descending)
  }
}
