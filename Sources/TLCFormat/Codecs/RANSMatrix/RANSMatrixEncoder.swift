internal import TLCCore
internal import TLCSystem

/// Codes a matrix: chooses predictor, levels and distribution, and writes the chunks.
struct RANSMatrixEncoder {
  private let symbols: RANSMatrixSymbols
  private let width: Int
  private let parallelism: Parallelism

  /// How many references are tried: more of them make decoding slower.
  static let referenceCounts = [4, 8, 16, 32, 64, 96]
  private static let precision = 12
  /// A chunk has about so many symbols.
  private static let chunkLength = 1 << 17

  init(_ words: [UInt32], width: Int, rowLength: Int, parallelism: Parallelism) {
    symbols = RANSMatrixSymbols(words, width: width, rowLength: rowLength)
    self.width = width
    self.parallelism = parallelism
  }

  /// The stored form, or `nil` where it is not shorter than `limit`.
  func encode(limit: Int) -> [UInt8]? {
    var best = choice(nil)
    if let references = RANSMatrixReferences(symbols, parallelism) {
      let rows = symbols.sampledRows()
      var worse = 0
      for count in [0] + Self.referenceCounts + [references.references.count]
      where count <= references.references.count && worse < 2 {
        guard let predictor = references.predictor(count: count, rows: rows) else { continue }
        let choice = choice(predictor)
        if choice.bits < best.bits {
          best = choice
          worse = 0
        } else {
          worse += 1
        }
      }
    }
    guard best.bits / 8 * 0.99 < Double(limit) else { return nil }
    let stored = write(best)
    return stored.count < limit ? stored : nil
  }

  private struct Choice {
    var predictor: RANSMatrixPredictor?
    var fit: RANSMatrixLevelFit
    var distribution: RANSMatrixDistribution
    var bits: Double
  }

  /// What a predictor leads to, by a look at some rows.
  private func choice(_ predictor: RANSMatrixPredictor?) -> Choice {
    let rows = symbols.sampledRows()
    let order = predictor?.order ?? Array(0..<symbols.rowLength)
    let differences = symbols.differences(rows, predictor, parallelism)
    let fit = RANSMatrixLevelFit(differences, order: order)
    let mixture = RANSMatrixMixture(differences, rows: Array(rows.indices), order: order, fit)
    let share = Double(symbols.rowCount) / Double(rows.count)
    let bits =
      (mixture.bits + Double(fit.rowLevels.bitCount)) * share
      + Double(fit.columnLevels.bitCount + (predictor?.bitCount ?? 0))
    return Choice(
      predictor: predictor, fit: fit, distribution: mixture.distribution, bits: bits)
  }

  private func write(_ choice: Choice) -> [UInt8] {
    let length = symbols.rowLength
    let differences = symbols.differences(symbols.rows, choice.predictor, parallelism)
    var fit = choice.fit
    fit.fitRows(differences)
    var chunkGroups = 0
    while length << (4 + chunkGroups) <= Self.chunkLength,
      chunkGroups < RANSMatrixCodec.greatestChunkGroups
    { chunkGroups += 1 }
    var header = RANSMatrixHeader(
      precision: Self.precision, escapeOrder: 0, chunkGroups: chunkGroups, rowLength: length,
      center: symbols.center, baseLevel: fit.baseLevel, distribution: choice.distribution,
      rowLevels: fit.rowLevels, columnLevels: fit.columnLevels, predictor: choice.predictor)
    let writer = RANSMatrixChunkWriter(header)
    let chunkRows = 8 << chunkGroups
    let rowCount = symbols.rowCount
    let chunks = parallelism.map((rowCount - 1) / chunkRows + 1) { chunk in
      writer.chunk(
        of: differences, rows: chunk * chunkRows..<min((chunk + 1) * chunkRows, rowCount))
    }
    header.escapeOrder = chunks.flatMap { $0.escapes }.golombOrder().order
    var bytes = header.write(width: width)
    let stored = chunks.map { $0.bytes(escapeOrder: header.escapeOrder) }
    for chunk in stored.dropLast() { bytes.append(littleEndian: UInt32(chunk.count)) }
    for chunk in stored { bytes += chunk }
    return bytes
  }
}
