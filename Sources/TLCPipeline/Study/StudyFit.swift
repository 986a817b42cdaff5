internal import Foundation

/// The loss of models of a family as a function of their parameters *N* and of the tokens *D* that they
/// read: *E* + *a N*^−α + *b D*^−β (Hoffmann et al., 2022), by least squares.
///
/// Exponents are tried on a grid; the rest is linear, and not below 0.
struct StudyFit: Sendable {
  var floor: Double
  var size: (factor: Double, exponent: Double)
  var data: (factor: Double, exponent: Double)
  /// The root of the mean squared residual.
  var deviation: Double

  /// What is fitted.
  struct Sample: Sendable {
    var parameters: Double
    var tokens: Double
    var loss: Double
  }

  private static let exponents = (1...24).map { Double($0) * 0.05 }

  /// - Returns: `nil` where there are fewer than five samples.
  init?(_ samples: [Sample]) {
    let samples = samples.filter { $0.loss.isFinite && $0.parameters > 0 && $0.tokens > 0 }
    guard samples.count >= 5 else { return nil }
    var best: StudyFit?
    for alpha in Self.exponents {
      for beta in Self.exponents {
        let rows = samples.map { [1, pow($0.parameters, -alpha), pow($0.tokens, -beta)] }
        let values = samples.map { $0.loss }
        // Terms that would be below 0 are left out, the least first.
        var used = [0, 1, 2]
        var factors = [0.0, 0, 0]
        while !used.isEmpty {
          guard let found = Self.solve(rows.map { row in used.map { row[$0] } }, values) else {
            break
          }
          factors = [0, 0, 0]
          for (place, factor) in zip(used, found) { factors[place] = factor }
          guard let worst = used.min(by: { factors[$0] < factors[$1] }), factors[worst] < 0 else {
            break
          }
          used.removeAll { $0 == worst }
        }
        guard factors.allSatisfy({ $0 >= 0 }) else { continue }
        let squares = zip(rows, values).reduce(0.0) { sum, pair in
          let residual = pair.1 - zip(pair.0, factors).reduce(0) { $0 + $1.0 * $1.1 }
          return sum + residual * residual
        }
        let deviation = (squares / Double(samples.count)).squareRoot()
        if best.map({ deviation < $0.deviation }) ?? true {
          best = StudyFit(
            floor: factors[0], size: (factors[1], alpha), data: (factors[2], beta),
            deviation: deviation)
        }
      }
    }
    guard let best else { return nil }
    self = best
  }

  private init(
    floor: Double, size: (factor: Double, exponent: Double),
    data: (factor: Double, exponent: Double), deviation: Double
  ) {
    self.floor = floor
    self.size = size
    self.data = data
    self.deviation = deviation
  }

  /// The loss of a model.
  func loss(parameters: Double, tokens: Double) -> Double {
    floor + size.factor * pow(parameters, -size.exponent)
      + data.factor * pow(tokens, -data.exponent)
  }

  /// Least squares by the normal equations of columns that are scaled to their greatest element.
  private static func solve(_ rows: [[Double]], _ values: [Double]) -> [Double]? {
    let count = rows[0].count
    let scales = (0..<count).map { column in rows.reduce(0) { max($0, abs($1[column])) } }
    guard scales.allSatisfy({ $0 > 0 }) else { return nil }
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
    for (row, value) in zip(rows, values) {
      let scaled = zip(row, scales).map { $0 / $1 }
      for i in 0..<count {
        for j in 0..<count { matrix[i][j] += scaled[i] * scaled[j] }
        matrix[i][count] += scaled[i] * value
      }
    }
    for i in 0..<count {
      guard let pivot = (i..<count).max(by: { abs(matrix[$0][i]) < abs(matrix[$1][i]) }),
        abs(matrix[pivot][i]) > 1e-12 * Double(rows.count)
      else { return nil }
      matrix.swapAt(i, pivot)
      for j in 0..<count where j != i {
        let factor = matrix[j][i] / matrix[i][i]
        for k in i...count { matrix[j][k] -= factor * matrix[i][k] }
      }
    }
    return (0..<count).map { matrix[$0][count] / matrix[$0][$0] / scales[$0] }
  }
}
