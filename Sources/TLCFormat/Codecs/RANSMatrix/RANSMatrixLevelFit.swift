internal import TLCCore

/// Finds the levels of rows and columns: how far symbols lie from what is expected of them.
struct RANSMatrixLevelFit {
  private(set) var baseLevel = 0
  private(set) var rowLevels = RANSMatrixLevels.zero
  private(set) var columnLevels = RANSMatrixLevels.zero
  /// For each column, in the order of coding, the mean square of what is left of it.
  private(set) var columnMeans: [Double]

  /// Added to each square, so that rows and columns of zeros have a level.
  private static let floor = 0.8
  private static let rounds = 2
  /// The mean square of a shorter line says little.
  private static let leastLineLength = 12
  /// The level at which the deviation is a quarter.
  private static let unit = 8.0

  /// - Parameters:
  ///   - differences: those of some rows, in quarters.
  ///   - order: the columns in the order of coding.
  init(_ differences: [Int32], order: [Int]) {
    let length = order.count
    let rowCount = differences.count / length
    columnMeans = [Double](repeating: 1, count: length)
    var rowMeans: [Double] = []
    for _ in 0..<Self.rounds {
      rowMeans = Self.rowMeans(differences, columnMeans)
      var sums = [Double](repeating: 0, count: length)
      for row in 0..<rowCount {
        let scale = 1 / rowMeans[row]
        let start = row * length
        for place in 0..<length {
          sums[place] += Self.square(differences[start + place]) * scale
        }
      }
      columnMeans = sums.map { max($0 / Double(rowCount), 0x1p-20) }
    }
    let columns = Self.levels(columnMeans, lineLength: rowCount)
    var base = columns.base
    var values = [Int8](repeating: 0, count: columns.values.isEmpty ? 0 : length)
    for (place, value) in columns.values.enumerated() { values[order[place]] = value }
    columnLevels = RANSMatrixLevels(shift: columns.shift, values: values)
    if columnLevels.isZero { columnMeans = [Double](repeating: columns.mean, count: length) }
    base += Self.levels(rowMeans, lineLength: length).base
    fit(rowMeans: rowMeans, lineLength: length, base: base)
  }

  /// Levels for all rows, with the columns' as they are.
  mutating func fitRows(_ differences: [Int32]) {
    let rowMeans = Self.rowMeans(differences, columnMeans)
    let columnBase =
      columnLevels.isZero
      ? 4 * columnMeans[0].portableLog2
      : Self.levels(columnMeans, lineLength: rowMeans.count).base
    let rows = Self.levels(rowMeans, lineLength: columnMeans.count)
    fit(rowMeans: rowMeans, lineLength: columnMeans.count, base: columnBase + rows.base)
  }

  private mutating func fit(rowMeans: [Double], lineLength: Int, base: Double) {
    let last = RANSMatrixCodec.levelCount - 1
    baseLevel = min(max(Int((base + Self.unit).rounded()), 0), last)
    columnLevels = columnLevels.clamped(to: -baseLevel / 2...(last - baseLevel) / 2)
    let rows = Self.levels(rowMeans, lineLength: lineLength)
    rowLevels = RANSMatrixLevels(shift: rows.shift, values: rows.values).clamped(
      to: -baseLevel - columnLevels.least...last - baseLevel - columnLevels.greatest)
  }

  private static func square(_ difference: Int32) -> Double {
    let number = Double(difference)
    return number * number + floor
  }

  private static func rowMeans(_ differences: [Int32], _ columnMeans: [Double]) -> [Double] {
    let length = columnMeans.count
    let scales = columnMeans.map { 1 / $0 }
    return (0..<differences.count / length).map { row in
      var sum = 0.0
      let start = row * length
      for place in 0..<length { sum += square(differences[start + place]) * scales[place] }
      return max(sum / Double(length), 0x1p-20)
    }
  }

  /// The levels of lines of these mean squares; none where they save less than they take.
  private static func levels(
    _ means: [Double], lineLength: Int
  ) -> (base: Double, shift: Int, values: [Int8], mean: Double) {
    let mean = means.reduce(0, +) / Double(means.count)
    let shift = lineLength >= 300 ? 0 : lineLength >= 80 ? 1 : lineLength >= 20 ? 2 : 3
    let levels = means.map { 4 * $0.portableLog2 }
    let middle = levels.sorted()[levels.count / 2]
    let unit = Double(1 << shift)
    let values = levels.map { Int8(min(max((($0 - middle) / unit).rounded(), -100), 100)) }
    let saved = levels.reduce(0) { $0 + (4 * mean.portableLog2 - $1) / 8 * Double(lineLength) }
    guard lineLength >= leastLineLength,
      Double(RANSMatrixLevels(shift: shift, values: values).bitCount) < saved
    else {
      return (4 * mean.portableLog2, 0, [], mean)
    }
    return (middle, shift, values, mean)
  }
}

extension RANSMatrixLevels {
  /// The nearest levels in a range that has 0.
  fileprivate func clamped(to range: ClosedRange<Int>) -> RANSMatrixLevels {
    guard !isZero, least < range.lowerBound || greatest > range.upperBound else { return self }
    let least = Int8(clamping: (range.lowerBound + (1 << shift - 1)) >> shift)
    let greatest = Int8(clamping: range.upperBound >> shift)
    return mapValues { min(max($0, least), greatest) }
  }
}
