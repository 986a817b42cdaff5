internal import Foundation

/// Numbers of seeds, and what they say of their mean.
struct SeedStatistic: Sendable {
  /// A number a seed.
  var values: [Double]

  init(_ values: [Double]) { self.values = values.filter { $0.isFinite } }

  var mean: Double { values.reduce(0, +) / Double(max(1, values.count)) }

  /// The standard error of the mean; NaN below two seeds, and 0, to the bit, where all are equal.
  private var error: Double {
    guard values.count > 1 else { return .nan }
    guard values.contains(where: { $0 != values[0] }) else { return 0 }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
  }

  /// The interval of 95% by Student's distribution; `nil` below two seeds.
  var interval: ClosedRange<Double>? {
    guard values.count > 1, error > 0 else { return nil }
    let half = Self.quantile(freedom: values.count - 1) * error
    guard (mean - half).isFinite, (mean + half).isFinite else { return nil }
    return mean - half...mean + half
  }

  /// The probability, on both sides, of a mean as far from 0 by chance; 1 below two seeds.
  var probability: Double {
    guard values.count > 1 else { return 1 }
    // Equal numbers, as of choices from a grid, say nothing of how far others would scatter.
    guard error > 0, mean.isFinite else { return 1 }
    return Self.probability(beyond: abs(mean) / error, freedom: values.count - 1)
  }

  /// The probability of |t| above a number: with t = √ν tan θ, the sum of powers of cos θ that it is for
  /// whole ν.
  static func probability(beyond t: Double, freedom: Int) -> Double {
    let angle = atan(t / Double(freedom).squareRoot())
    let isOdd = freedom % 2 == 1
    var (term, sum) = (isOdd ? cos(angle) : 1, 0.0)
    for power in stride(from: isOdd ? 3 : 2, through: freedom, by: 2) {
      sum += term
      term *= cos(angle) * cos(angle) * Double(power - 1) / Double(power)
    }
    let within = isOdd ? 2 / Double.pi * (angle + sin(angle) * sum) : sin(angle) * sum
    return max(0, 1 - within)
  }

  /// The number that |t| exceeds with a probability of 5%.
  static func quantile(freedom: Int) -> Double {
    var (low, high) = (0.0, 1000.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if probability(beyond: middle, freedom: freedom) > 0.05 {
        low = middle
      } else {
        high = middle
      }
    }
    return high
  }

  /// The slope of a line of least squares; NaN where all x are equal, and, of a whole, where a point is
  /// missing.
  static func slope(_ points: [(x: Double, y: Double)], isWhole: Bool = false) -> Double {
    let count = points.count
    let points = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard points.count > 1, !isWhole || points.count == count else { return .nan }
    let (x, y) = (
      points.reduce(0) { $0 + $1.x } / Double(points.count),
      points.reduce(0) { $0 + $1.y } / Double(points.count)
    )
    let squares = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    return squares > 0 ? points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / squares : .nan
  }
}
