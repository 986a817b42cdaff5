/// The dimensions of a tensor, outermost first; elements are in row-major order.
///
/// Rank 0 is a scalar of one element. A dimension may be 0, and then there are no elements.
public struct Shape: Hashable, Sendable {
  /// The highest rank that a tensor may have.
  public static let maximumRank = 8

  /// The length of each dimension, none negative.
  public let dimensions: [Int]
  /// The number of elements: the product of the dimensions, and 1 for a scalar.
  public let count: Int

  /// Creates a shape, or returns `nil` where there are more than ``maximumRank`` dimensions, one is
  /// negative, or the product of those that are not 0 is above 2⁵³ − 1.
  public init?(_ dimensions: [Int]) {
    guard dimensions.count <= Self.maximumRank else { return nil }
    var product = 1
    for dimension in dimensions where dimension != 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      guard dimension > 0, !overflow, next < 1 << 53 else { return nil }
      product = next
    }
    self.dimensions = dimensions
    count = dimensions.contains(0) ? 0 : product
  }

  /// The shape of a scalar.
  public static let scalar = Shape(rank0: ())

  private init(rank0: Void) {
    dimensions = []
    count = 1
  }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The elements between neighbours along `axis`: the product of the dimensions after it.
  ///
  /// - Precondition: `axis` is in `0..<rank`.
  public func stride(of axis: Int) -> Int {
    precondition(dimensions.indices.contains(axis), "axis \(axis) of a shape of rank \(rank)")
    return dimensions[(axis + 1)...].reduce(1, *)
  }
}

extension Shape: CustomStringConvertible {
  /// `[30522, 384]`; `[]` for a scalar.
  public var description: String {
    "[" + dimensions.map { String($0) }.joined(separator: ", ") + "]"
  }
}
