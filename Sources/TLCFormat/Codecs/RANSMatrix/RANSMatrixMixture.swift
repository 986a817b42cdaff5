internal import TLCCore

/// How often residuals occur at each level and phase, and the weights that code them best.
struct RANSMatrixMixture {
  /// How many components there are, and the tables that they add up to.
  private(set) var distribution: RANSMatrixDistribution
  /// The bits that the residuals take.
  private(set) var bits: Double

  private static let rounds = 32
  /// What weights start from: about those of trained matrices.
  private static let usual = SIMD8<Double>(2, 6, 26, 63, 20, 4, 1, 0.5)
  private static let greatestWeight = 63.0
  /// About what a residual takes beyond all windows.
  private static let escapeBits = 24.0

  /// A residual of a level and a phase, and how often it occurs.
  private struct Cell {
    var level: Int
    var phase: Int
    var residual: Int
    var count: Double
  }

  /// - Parameters:
  ///   - rows: the rows that `differences` are of.
  ///   - order: the columns in the order of coding.
  init(_ differences: [Int32], rows: [Int], order: [Int], _ fit: RANSMatrixLevelFit) {
    let cells = Self.cells(differences, rows: rows, order: order, fit)
    let inside = cells.filter { RANSMatrixCodec.residuals.contains($0.residual) }
    var masses: [SIMD8<Double>] = []
    for cell in inside {
      var mass = SIMD8<Double>()
      let quarters = 4 * cell.residual - cell.phase
      for component in 0..<RANSMatrixCodec.weightCount {
        let level = RANSMatrixDistribution.level(ofComponent: component, at: cell.level)
        mass[component] = Double(
          RANSMatrixDistribution.mass(level: level, quarters: quarters + 4)
            - RANSMatrixDistribution.mass(level: level, quarters: quarters))
      }
      masses.append(mass * 0x1p-24)
    }
    var weights = Self.usual / Self.usual.sum()
    for _ in 0..<Self.rounds {
      var sums = SIMD8<Double>()
      var total = 0.0
      for (cell, mass) in zip(inside, masses) {
        let parts = mass * weights
        sums += parts * (cell.count / (parts.sum() + 1e-9))
        total += cell.count
      }
      guard total > 0, sums.sum() > 0 else { break }
      weights = sums / sums.sum()
    }
    let scale = Self.greatestWeight / weights.max()
    distribution = RANSMatrixDistribution(
      weights: (0..<RANSMatrixCodec.weightCount).map { Int((weights[$0] * scale).rounded()) })
    let whole = Double(distribution.weights.reduce(0, +))
    var shares = SIMD8<Double>()
    for (component, weight) in distribution.weights.enumerated() {
      shares[component] = Double(weight) / whole
    }
    var bits = 0.0
    for cell in cells where !RANSMatrixCodec.residuals.contains(cell.residual) {
      bits += cell.count * Self.escapeBits
    }
    // What is rarer than a slot is escaped, at a few bits more.
    for (cell, mass) in zip(inside, masses) {
      bits -= cell.count * ((mass * shares).sum() + 0x1p-20).portableLog2
    }
    self.bits = bits
  }

  private static func cells(
    _ differences: [Int32], rows: [Int], order: [Int], _ fit: RANSMatrixLevelFit
  ) -> [Cell] {
    let length = order.count
    let columns = order.map { fit.columnLevels[$0] }
    let least = fit.baseLevel + fit.rowLevels.least + fit.columnLevels.least
    let greatest = fit.baseLevel + fit.rowLevels.greatest + fit.columnLevels.greatest
    // Residuals from −128 to 127, of which the first and the last stand for all beyond.
    var counts = [Int](repeating: 0, count: (greatest - least + 1) << 10)
    for (index, row) in rows.enumerated() {
      let level = fit.baseLevel + fit.rowLevels[row] - least
      let start = index * length
      for place in 0..<length {
        let residual = RANSMatrixResidual(differences[start + place])
        let value = min(max(residual.value, -128), 127) + 128
        counts[(level + columns[place]) << 10 | residual.phase << 8 | value] += 1
      }
    }
    var cells: [Cell] = []
    for (index, count) in counts.enumerated() where count > 0 {
      cells.append(
        Cell(
          level: least + index >> 10, phase: index >> 8 & 3, residual: index & 255 - 128,
          count: Double(count)))
    }
    return cells
  }
}
