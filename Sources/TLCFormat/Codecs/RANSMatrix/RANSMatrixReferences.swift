internal import TLCCore
internal import TLCSystem

/// Chooses the columns that others are predicted from, and how.
struct RANSMatrixReferences {
  private let symbols: RANSMatrixSymbols
  private let parallelism: Parallelism
  /// The covariance of columns, of rows of equal norm.
  private let covariance: [Double]
  private let length: Int
  /// Columns, the one that tells most of the others first.
  let references: [Int]

  private static let leastRowLength = 8
  /// Of longer rows no column is predicted from another.
  private static let greatestRelatedLength = 1_024
  private static let leastRowCount = 64
  /// So many products make up the covariance, at most.
  private static let productCount = 1 << 31
  /// A reference must save so many bits a column.
  private static let bitsPerCoefficient = 3.0

  /// `nil` where there are too few rows, or too short ones.
  init?(_ symbols: RANSMatrixSymbols, _ parallelism: Parallelism) {
    guard symbols.rowLength >= Self.leastRowLength, symbols.rowCount >= Self.leastRowCount
    else { return nil }
    self.symbols = symbols
    self.parallelism = parallelism
    length = symbols.rowLength
    guard length <= Self.greatestRelatedLength else {
      covariance = []
      references = []
      return
    }
    let rowCount = Self.productCount / (length * length)
    covariance = Self.covariance(
      symbols, symbols.sampledRows(count: rowCount * length), parallelism)
    references = Self.references(covariance, length: length, rowCount: symbols.rowCount)
  }

  private static func covariance(
    _ symbols: RANSMatrixSymbols, _ rows: [Int], _ parallelism: Parallelism
  ) -> [Double] {
    let length = symbols.rowLength
    let vectorCount = (length + 7) / 8
    var values = [SIMD8<Float>](repeating: SIMD8(), count: rows.count * vectorCount)
    var means = [Float](repeating: 0, count: length)
    for (index, row) in rows.enumerated() {
      var squares: Float = 0
      for column in 0..<length {
        let value = Float(Int(symbols.words[row * length + column]) - symbols.center)
        squares += value * value
        values[index * vectorCount + column / 8][column % 8] = value
      }
      let scale = 1 / (squares / Float(length) + 0.25).squareRoot()
      for vector in 0..<vectorCount { values[index * vectorCount + vector] *= scale }
      for column in 0..<length {
        means[column] += values[index * vectorCount + column / 8][column % 8]
      }
    }
    for column in 0..<length { means[column] /= Float(rows.count) }
    for index in rows.indices {
      for column in 0..<length {
        values[index * vectorCount + column / 8][column % 8] -= means[column]
      }
    }
    let all = values
    // Eight rows of the covariance at a time; of each what is on and right of the diagonal.
    let bands = parallelism.map(vectorCount) { band in
      let width = vectorCount - band
      var sums = [SIMD8<Float>](repeating: SIMD8(), count: 8 * width)
      for row in rows.indices {
        let start = row * vectorCount + band
        let left = all[start]
        for vector in 0..<width {
          let right = all[start + vector]
          for lane in 0..<8 { sums[vector * 8 + lane] += right * left[lane] }
        }
      }
      return sums
    }
    var covariance = [Double](repeating: 0, count: length * length)
    for (band, sums) in bands.enumerated() {
      for lane in 0..<8 where band * 8 + lane < length {
        let i = band * 8 + lane
        for j in i..<length {
          let sum = sums[(j / 8 - band) * 8 + lane][j % 8]
          covariance[i * length + j] = Double(sum) / Double(rows.count)
          covariance[j * length + i] = covariance[i * length + j]
        }
      }
    }
    // So that no column is a sum of others.
    let trace = (0..<length).reduce(0.0) { $0 + covariance[$1 * length + $1] }
    for i in 0..<length { covariance[i * length + i] += 0.001 * trace / Double(length) + 1e-6 }
    return covariance
  }

  /// Takes, again and again, the column that tells most of those that are not taken yet.
  private static func references(_ covariance: [Double], length: Int, rowCount: Int) -> [Int] {
    let most = min(RANSMatrixEncoder.referenceCounts.last ?? 0, length / 2)
    var rest = covariance
    var isTaken = [Bool](repeating: false, count: length)
    var references: [Int] = []
    while references.count < most {
      let scales = (0..<length).map {
        isTaken[$0] ? 0 : 1 / max(rest[$0 * length + $0], 1e-9)
      }
      var best = (column: 0, score: 0.0)
      for column in 0..<length where !isTaken[column] {
        var score = -1.0
        for j in 0..<length {
          let value = rest[column * length + j]
          score += value * value * scales[j] * scales[column]
        }
        if score > best.score { best = (column, score) }
      }
      let saved = 0.72 * best.score * Double(rowCount)
      guard saved > bitsPerCoefficient * Double(length) else { break }
      let pivot = best.column
      let row = (0..<length).map { rest[pivot * length + $0] }
      let scale = 1 / row[pivot]
      for i in 0..<length where row[i] != 0 {
        let factor = row[i] * scale
        for j in 0..<length { rest[i * length + j] -= factor * row[j] }
      }
      isTaken[pivot] = true
      references.append(pivot)
    }
    return references
  }

  /// A predictor from so many references; `nil` where its coefficients would be too large.
  ///
  /// - Parameter rows: those that offsets are taken from.
  func predictor(count: Int, rows: [Int]) -> RANSMatrixPredictor? {
    let references = Array(references.prefix(count))
    let order = RANSMatrixPredictor.order(references, count: length)
    let factor = factor(references)
    var exact: [[Double]] = []
    for (place, column) in order.enumerated() {
      exact.append(solve(factor, count, references, column, min(place, count)))
    }
    // Finer where there are more rows that gain by it.
    let rowsRoot = Double(symbols.rowCount).squareRoot()
    var exponent = Int((rowsRoot / 3.46).portableLog2.rounded())
    exponent = min(
      max(exponent, RANSMatrixCodec.exponents.lowerBound), RANSMatrixCodec.exponents.upperBound)
    let greatest = exact.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 0
    let bound = Double(RANSMatrixCodec.greatestCoefficientSum - count)
    while greatest * Double(1 << exponent) > bound { exponent -= 1 }
    guard exponent >= RANSMatrixCodec.exponents.lowerBound else { return nil }
    let unit = Double(1 << exponent)
    let coefficients = exact.map { $0.map { Int32(($0 * unit).rounded()) } }
    let plain = RANSMatrixPredictor(
      exponent: exponent, references: references,
      offsets: [Int](repeating: 0, count: length), coefficients: coefficients)
    let offsets = offsets(plain, rows: rows).map { offset in
      min(
        max(Int((offset * unit).rounded()), -RANSMatrixCodec.greatestOffset),
        RANSMatrixCodec.greatestOffset)
    }
    return RANSMatrixPredictor(
      exponent: exponent, references: references, offsets: offsets, coefficients: coefficients)
  }

  /// The mean of what a predictor leaves of each column; 0 where it would save less than it takes.
  private func offsets(_ predictor: RANSMatrixPredictor, rows: [Int]) -> [Double] {
    let differences = symbols.differences(rows, predictor, parallelism)
    var sums = [Double](repeating: 0, count: length)
    var squares = sums
    for row in rows.indices {
      for place in 0..<length {
        let value = Double(differences[row * length + place]) / 4
        sums[place] += value
        squares[place] += value * value
      }
    }
    let count = Double(rows.count)
    return (0..<length).map { place in
      let mean = sums[place] / count
      let saved = 0.72 * Double(symbols.rowCount) * mean * mean * count / (squares[place] + 1)
      return saved > 6 ? mean : 0
    }
  }

  /// The lower triangular matrix whose product with its transpose is the references' covariance.
  private func factor(_ references: [Int]) -> [Double] {
    let count = references.count
    var factor = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0...i {
        var sum = covariance[references[i] * length + references[j]]
        for k in 0..<j { sum -= factor[i * count + k] * factor[j * count + k] }
        factor[i * count + j] = i == j ? max(sum, 1e-9).squareRoot() : sum / factor[j * count + j]
      }
    }
    return factor
  }

  /// The coefficients of the first `used` references that predict a column best.
  private func solve(
    _ factor: [Double], _ count: Int, _ references: [Int], _ column: Int, _ used: Int
  ) -> [Double] {
    var x = (0..<used).map { covariance[references[$0] * length + column] }
    for i in 0..<used {
      for k in 0..<i { x[i] -= factor[i * count + k] * x[k] }
      x[i] /= factor[i * count + i]
    }
    for i in (0..<used).reversed() {
      x[i] /= factor[i * count + i]
      for k in 0..<i { x[k] -= factor[i * count + k] * x[i] }
    }
    return x
  }
}
