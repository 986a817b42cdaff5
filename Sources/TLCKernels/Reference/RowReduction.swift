/// Sums along a row, in the order of `formats/graph.md` §Numbers: 16 lanes, and then a tree.
public struct RowReduction {
  private var lanes = SIMD16<Float>()
  private var next = 0

  /// The sum of no elements, +0.
  public init() {}

  /// Adds the next element of the row.
  @inline(__always)
  public mutating func add(_ x: Float) {
    lanes[next & 15] += x
    next &+= 1
  }

  /// Adds the square of the next element of the row, fused.
  @inline(__always)
  public mutating func addSquare(_ x: Float) {
    lanes[next & 15].addProduct(x, x)
    next &+= 1
  }

  /// Lane 0 after adding lane 𝑗 + ℎ to lane 𝑗 for ℎ = 8, 4, 2, 1.
  public var sum: Float {
    let eight = lanes.lowHalf + lanes.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
