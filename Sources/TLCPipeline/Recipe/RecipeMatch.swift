import TLCCore

/// Which tensors a rule is for: those that meet every condition it has.
public struct RecipeMatch: Equatable, Sendable {
  /// A regular expression that some part of the name must match.
  public var name: String?
  /// Whether elements must be floating-point numbers, or must not be.
  public var isFloatingPoint: Bool?
  /// The ranks allowed.
  public var rank: ClosedRange<Int>?
  /// The least number of elements.
  public var minimumElementCount: Int?

  /// Creates a match; without conditions it is for every tensor.
  public init(
    name: String? = nil, isFloatingPoint: Bool? = nil, rank: ClosedRange<Int>? = nil,
    minimumElementCount: Int? = nil
  ) {
    self.name = name
    self.isFloatingPoint = isFloatingPoint
    self.rank = rank
    self.minimumElementCount = minimumElementCount
  }

  /// Floating-point tensors of rank 2 and more.
  public static let floatingMatrices = RecipeMatch(
    isFloatingPoint: true, rank: 2...Shape.maximumRank)

  func matches(name: String, dtype: DType, shape: Shape) -> Bool {
    if let isFloatingPoint, dtype.isFloatingPoint != isFloatingPoint { return false }
    if let rank, !rank.contains(shape.rank) { return false }
    if let minimumElementCount, shape.count < minimumElementCount { return false }
    guard let pattern = self.name else { return true }
    // A recipe is checked when it is made: an expression that does not parse matches nothing.
    guard let expression = try? Regex(pattern) else { return false }
    return name.firstMatch(of: expression) != nil
  }
}
