internal import TLCCore
internal import TLCKernels

/// Codes chunks by given tables: `formats/codecs/rans-matrix.md` §Encoding.
struct RANSMatrixChunkWriter: Sendable {
  private let header: RANSMatrixHeader
  private let tables: [RANSMatrixTable]
  private let tablesPerLevel: Int
  /// For each column, in the order of coding, the first table at level 0 of the row.
  private let columnTables: [Int]
  /// For each table 256 codes: those of its window, and behind them the escape's.
  private let codes: [Code]

  private static let codeCount = StreamTables.entryCount

  /// How a residual is coded.
  private struct Code {
    var frequency: UInt32 = 0
    var start: UInt32 = 0
    /// ⌊(2⁶⁴ − 1) / frequency⌋, as in ``RANSChunkWriter``.
    var reciprocal: UInt64 = 0
  }

  /// What a chunk is made of.
  struct Chunk: Sendable {
    var states: [UInt32]
    var words: ArraySlice<UInt16>
    var escapes: [UInt32]

    func bytes(escapeOrder: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(4 * states.count + 3 + 2 * words.count)
      for state in states { bytes.append(littleEndian: state) }
      for shift in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: words.count >> shift)) }
      for word in words { bytes.append(littleEndian: word) }
      var writer = BitWriter()
      for escape in escapes { writer.writeGolomb(escape, order: escapeOrder) }
      writer.finish()
      return bytes + writer.bytes
    }
  }

  init(_ header: RANSMatrixHeader) {
    self.header = header
    let all = RANSMatrixTables(header)
    tables = all.tables
    tablesPerLevel = all.tablesPerLevel
    let order = header.predictor?.order ?? Array(0..<header.rowLength)
    columnTables = order.map {
      (header.columnLevels[$0] - header.columnLevels.least) * all.tablesPerLevel
    }
    codes = tables.flatMap { table in
      var start: UInt32 = 0
      let codes = table.frequencies.map { frequency in
        defer { start += frequency }
        return Code(
          frequency: frequency, start: start, reciprocal: .max / UInt64(max(1, frequency)))
      }
      return codes + repeatElement(Code(), count: Self.codeCount - codes.count)
    }
  }

  /// Codes rows.
  ///
  /// - Parameters:
  ///   - rows: the rows of the chunk.
  ///   - differences: those of all rows, in the order of coding.
  func chunk(of differences: [Int32], rows: Range<Int>) -> Chunk {
    let length = header.rowLength
    let precision = UInt32(header.precision)
    var states = InlineArray<8, UInt32>(repeating: RANSMatrixCodec.base)
    var words = [UInt16](repeating: 0, count: rows.count * length)
    var next = words.count
    var escapes: [UInt32] = []
    let phase = tablesPerLevel == 1 ? 0 : 1
    for group in stride(from: (rows.count - 1) / 8 * 8, through: 0, by: -8) {
      let first = rows.lowerBound + group
      let lanes = min(8, rows.count - group)
      var rowTables = InlineArray<8, Int>(repeating: 0)
      for lane in 0..<lanes {
        rowTables[lane] =
          (header.rowLevels[first + lane] - header.rowLevels.least) * tablesPerLevel
      }
      for place in (0..<length).reversed() {
        for lane in (0..<lanes).reversed() {
          let residual = RANSMatrixResidual(differences[(first + lane) * length + place])
          let index = rowTables[lane] + columnTables[place] + residual.phase * phase
          let table = tables[index]
          var entry = table.greatest - table.least + 1
          if residual.value >= table.least, residual.value <= table.greatest {
            entry = residual.value - table.least
          } else {
            escapes.append(table.escape(of: residual.value))
          }
          let code = codes[index * Self.codeCount + entry]
          var state = states[lane]
          if UInt64(state) >= UInt64(code.frequency) << UInt64(32 - precision) {
            next -= 1
            words[next] = UInt16(truncatingIfNeeded: state)
            state >>= 16
          }
          let quotient = UInt32(
            truncatingIfNeeded: code.reciprocal.multipliedFullWidth(by: UInt64(state) + 1).high)
          states[lane] = state &+ quotient &* (1 << precision &- code.frequency) &+ code.start
        }
      }
    }
    return Chunk(
      states: (0..<min(8, rows.count)).map { states[$0] }, words: words[next...],
      escapes: escapes.reversed())
  }
}
