internal import TLCCore

/// A plane that `rans-matrix` stored, its header read and its chunks found.
struct RANSMatrixPlane: OpenPlane {
  let count: Int
  let pieceLength: Int
  let width: Int
  let header: RANSMatrixHeader
  private let stored: [UInt8]
  private let chunks: [Range<Int>]
  /// The columns in the order in which they are coded.
  let order: [Int]
  let tables: RANSMatrixSlots

  /// Reads all that stands before the chunks; what it allocates is bounded by the stored length,
  /// and by what 128 levels take.
  init(_ stored: [UInt8], count: Int, width: Int) throws(PlaneError) {
    var offset = 0
    let header = try RANSMatrixHeader(parsing: stored, count: count, width: width, end: &offset)
    pieceLength = header.rowLength << (3 + header.chunkGroups)
    chunks = try Self.chunks(stored, at: offset, count: (count - 1) / pieceLength + 1)
    order = header.predictor?.order ?? Array(0..<header.rowLength)
    tables = RANSMatrixSlots(header)
    self.header = header
    self.stored = stored
    self.count = count
    self.width = width
  }

  var outOfRange: PlaneError { .malformed("a symbol is not in 0 to 2^\(width) - 1") }

  private static func chunks(
    _ stored: [UInt8], at offset: Int, count: Int
  ) throws(PlaneError) -> [Range<Int>] {
    guard count - 1 <= (stored.count - offset) / 4 else {
      throw .malformed("\(stored.count - offset) bytes are too few for \(count) chunks")
    }
    var chunks: [Range<Int>] = []
    var start = offset + 4 * (count - 1)
    for chunk in 0..<count - 1 {
      let length = Int(stored.littleEndian(at: offset + 4 * chunk) as UInt32)
      guard length <= stored.count - start else {
        throw .malformed("chunk \(chunk) of \(length) bytes does not fit the plane")
      }
      chunks.append(start..<start + length)
      start += length
    }
    chunks.append(start..<stored.count)
    return chunks
  }

  func forEachBlock(
    ofPiece piece: Int, _ body: (Int, Span<UInt32>) throws(PlaneError) -> Void
  ) throws(PlaneError) {
    let symbols = symbols(ofPiece: piece)
    let rowLength = header.rowLength
    let rows = symbols.lowerBound / rowLength..<symbols.upperBound / rowLength
    var decoder = try RANSMatrixDecoder(self, stored, chunks[piece], rowCount: rows.count)
    for row in stride(from: rows.lowerBound, to: rows.upperBound, by: RANSMatrixCodec.laneCount) {
      let end = min(row + RANSMatrixCodec.laneCount, rows.upperBound)
      try decoder.decode(rows: row..<end)
      try body(row * rowLength, decoder.block.span.extracting(0..<(end - row) * rowLength))
    }
    try decoder.finish()
  }

  func decodeBytes(
    ofPiece piece: Int, into bytes: inout MutableSpan<UInt8>
  ) throws(PlaneError) {
    let first = piece * pieceLength
    let symbols = symbols(ofPiece: piece)
    let rowLength = header.rowLength
    let rows = symbols.lowerBound / rowLength..<symbols.upperBound / rowLength
    var decoder = try RANSMatrixDecoder(self, stored, chunks[piece], rowCount: rows.count)
    for row in stride(from: rows.lowerBound, to: rows.upperBound, by: RANSMatrixCodec.laneCount) {
      let end = min(row + RANSMatrixCodec.laneCount, rows.upperBound)
      try decoder.decode(rows: row..<end)
      let start = row * rowLength - first
      for i in 0..<(end - row) * rowLength {
        bytes[start + i] = UInt8(truncatingIfNeeded: decoder.block[i])
      }
    }
    try decoder.finish()
  }
}

/// The tables of all levels and phases, as a decoder looks them up.
struct RANSMatrixSlots: Sendable {
  /// The entries of a table: those of its window, and behind them the escape's.
  static let entryCount = 256
  static let escape: UInt32 = 1 << 31
  /// What is added to a residual, so that it is not negative.
  static let bias: Int32 = 127

  let tables: [RANSMatrixTable]
  /// For each table 2^precision slots: the entry.
  let slots: [UInt8]
  /// For each table 256 entries: the residual and the bias, or the escape's mark, in the low 32
  /// bits; then 16 bits of frequency, and 16 of the start.
  let entries: [UInt64]
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
    var slots: [UInt8] = []
    slots.reserveCapacity(tables.count << header.precision)
    var entries = [UInt64](repeating: 0, count: tables.count * Self.entryCount)
    for (index, table) in tables.enumerated() {
      var start: UInt64 = 0
      for (i, frequency) in table.frequencies.enumerated() {
        let isEscape = i == table.frequencies.count - 1
        let residual = UInt32(bitPattern: Int32(table.least + i) + Self.bias)
        entries[index * Self.entryCount + i] =
          UInt64(isEscape ? Self.escape : residual) | UInt64(frequency) << 32 | start << 48
        slots.append(contentsOf: repeatElement(UInt8(i), count: Int(frequency)))
        start += UInt64(frequency)
      }
    }
    self.slots = slots
    self.entries = entries
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
