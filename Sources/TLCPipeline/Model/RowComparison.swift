import TLCCore

/// Sums over rows of outputs.
struct RowComparison {
  private var cosines = 0.0
  private var least = 1.0
  private var count = 0
  private var equalCount = 0
  private var rankedCount = 0

  /// Adds the rows of an output.
  ///
  /// - Returns: half the squared distance, over the source's square; 1 where a number is not finite.
  mutating func add(_ source: Tensor, _ decoded: Tensor) -> Double {
    let (y, z) = (source.numbers, decoded.numbers)
    let length = max(1, source.shape.dimensions.last ?? 1)
    var (square, distance) = (0.0, 0.0)
    for start in stride(from: 0, to: y.count, by: length) {
      var (yy, zz, yz, greatest, found) = (0.0, 0.0, 0.0, start, start)
      for i in start..<start + length {
        yy += y[i] * y[i]
        zz += z[i] * z[i]
        yz += y[i] * z[i]
        distance += (y[i] - z[i]) * (y[i] - z[i])
        if y[i] > y[greatest] { greatest = i }
        if z[i] > z[found] { found = i }
      }
      square += yy
      // Of one number, the cosine is but a sign.
      let cosine =
        length == 1
        ? (yy == 0
          ? (zz == 0 ? 1 : 0) : max(-1, 1 - (y[start] - z[start]) * (y[start] - z[start]) / yy / 2))
        : yy == 0 || zz == 0 ? (yy == zz ? 1 : 0) : yz / (yy * zz).squareRoot()
      let number = cosine.isFinite ? cosine : 0
      cosines += number
      least = min(least, number)
      count += 1
      if length > 1 {
        rankedCount += 1
        if greatest == found { equalCount += 1 }
      }
    }
    let damage = square == 0 ? (distance == 0 ? 0 : 1) : distance / square / 2
    return damage.isFinite ? damage : 1
  }

  /// Adds the rows of other outputs.
  mutating func add(_ other: RowComparison) {
    cosines += other.cosines
    least = min(least, other.least)
    count += other.count
    equalCount += other.equalCount
    rankedCount += other.rankedCount
  }

  func fidelity(damage: Double) -> Fidelity {
    Fidelity(
      cosine: count == 0 ? 1 : cosines / Double(count), leastCosine: least,
      topOne: rankedCount == 0 ? nil : Double(equalCount) / Double(rankedCount), damage: damage)
  }
}
