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
    let values = samples.map { $0.loss }
    let ones = Column(samples.map { _ in 1 }, values)
    let data = Self.exponents.map { beta in
      Column(samples.map { pow($0.tokens, -beta) }, values)
    }
    var best: StudyFit?
    for alpha in Self.exponents {
      let size = Column(samples.map { pow($0.parameters, -alpha) }, values)
      for (beta, data) in zip(Self.exponents, data) {
        guard let factors = Self.factors([ones, size, data]) else { continue }
        var squares = 0.0
        for place in values.indices {
          let residual =
            values[place]
            - (factors[0] + factors[1] * size.elements[place] + factors[2] * data.elements[place])
          squares += residual * residual
        }
        let deviation = (squares / Double(samples.count)).squareRoot()
        if best.map({ deviation < $0.deviation }) ?? true {
          best = StudyFit(
            floor: factors[0], size: (factors[1] / size.scale, alpha),
            data: (factors[2] / data.scale, beta), deviation: deviation)
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

  /// A term of all samples, scaled so that its greatest element is 1.
  private struct Column {
    var elements: [Double]
    var scale: Double
    /// Its products with itself and with what is fitted.
    var square: Double
    var product: Double

    init(_ terms: [Double], _ values: [Double]) {
      let scale = terms.max() ?? 1
      elements = terms.map { $0 / scale }
      self.scale = scale
      square = Self.dot(elements, elements)
      product = Self.dot(elements, values)
    }

    static func dot(_ left: [Double], _ right: [Double]) -> Double {
      var sum = 0.0
      for place in left.indices { sum += left[place] * right[place] }
      return sum
    }
  }

  /// The factors of scaled columns that are nearest to the values, of which none is below 0: terms that
  /// would be are left out, the least first. `nil` where columns do not tell them.
  private static func factors(_ columns: [Column]) -> [Double]? {
    // The normal equations; a column more has the values.
    var equations = [[Double]](
      repeating: [Double](repeating: 0, count: columns.count + 1), count: columns.count)
    for (i, column) in columns.enumerated() {
      equations[i][i] = column.square
      equations[i][columns.count] = column.product
      for j in 0..<i {
        let product = Column.dot(column.elements, columns[j].elements)
        equations[i][j] = product
        equations[j][i] = product
      }
    }
    var used = Array(columns.indices)
    while !used.isEmpty {
      guard
        let found = solve(
          used.map { row in (used + [columns.count]).map { equations[row][$0] } },
          least: 1e-12 * Double(columns[0].elements.count))
      else { return nil }
      guard let worst = used.indices.min(by: { found[$0] < found[$1] }), found[worst] < 0 else {
        var factors = [Double](repeating: 0, count: columns.count)
        for (place, factor) in zip(used, found) { factors[place] = factor }
        return factors
      }
      used.remove(at: worst)
    }
    return nil
  }

  /// Gauss's elimination, with pivots of more than `least`.
  private static func solve(_ equations: [[Double]], least: Double) -> [Double]? {
    var matrix = equations
    let count = matrix.count
    for i in 0..<count {
      guard let pivot = (i..<count).max(by: { abs(matrix[$0][i]) < abs(matrix[$1][i]) }),
        abs(matrix[pivot][i]) > least
      else { return nil }
      matrix.swapAt(i, pivot)
      for j in 0..<count where j != i {
        let factor = matrix[j][i] / matrix[i][i]
        for k in i...count { matrix[j][k] -= factor * matrix[i][k] }
      }
    }
    return (0..<count).map { matrix[$0][count] / matrix[$0][$0] }
  }
}
