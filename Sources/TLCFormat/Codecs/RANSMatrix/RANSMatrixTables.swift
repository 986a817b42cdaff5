internal import TLCCore
internal import TLCKernels

/// The tables of all levels and phases.
struct RANSMatrixTables: Sendable {
  /// What is added to a residual, so that it is not negative.
  static let bias: Int32 = 127

  /// Level by level, of each those of its phases.
  let tables: [RANSMatrixTable]
  /// The tables of a level: of phases 0 to 3, or where there is no predictor of phase 2 alone.
  let tablesPerLevel: Int

  init(_ header: RANSMatrixHeader) {
    let phases = header.predictor == nil ? 2..<3 : 0..<RANSMatrixCodec.phaseCount
    tablesPerLevel = phases.count
    tables = header.levels.flatMap { level in
      phases.map {
        header.distribution.table(level: level, phase: $0, precision: header.precision)
      }
    }
  }

  /// The tables as a decoder looks them up, of residuals with the bias.
  func streamTables(precision: Int) -> StreamTables {
    var all = StreamTables(precision: precision, capacity: tables.count)
    for table in tables {
      all.append(
        table.frequencies.enumerated().map { i, frequency in
          let isEscape = i == table.frequencies.count - 1
          let residual = UInt32(bitPattern: Int32(table.least + i) + Self.bias)
          return StreamTables.Entry(
            residual: isEscape ? StreamTables.escape : residual, frequency: Int(frequency))
        })
    }
    return all
  }

  /// Reads an escaped residual; with the bias.
  func escaped(
    _ table: UInt32, order: Int, from escapes: inout BitReader
  ) throws(PlaneError) -> UInt32 {
    guard let escape = escapes.readGolomb(order: order) else {
      throw .malformed("a chunk is shorter than its escapes need")
    }
    let residual = tables[Int(table)].residual(ofEscape: escape)
    return UInt32(truncatingIfNeeded: residual + Int(Self.bias))
  }
}
