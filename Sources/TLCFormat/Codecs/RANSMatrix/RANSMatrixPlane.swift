internal import TLCCore
internal import TLCKernels

/// A plane that `rans-matrix` stored, its header read and its chunks found.
struct RANSMatrixPlane: OpenPlane {
  let count: Int
  let pieceLength: Int
  let width: Int
  let header: RANSMatrixHeader
  private let stored: [UInt8]
  private let chunks: [Range<Int>]
  /// The columns in the order in which they are coded.
  let order: ColumnOrder
  let tables: RANSMatrixTables
  /// The same, as states are looked up in them.
  let streamTables: StreamTables

  /// Reads all that stands before the chunks; what it allocates is bounded by the stored length,
  /// and by what 128 levels take.
  init(_ stored: [UInt8], count: Int, width: Int) throws(PlaneError) {
    var offset = 0
    let header = try RANSMatrixHeader(parsing: stored, count: count, width: width, end: &offset)
    pieceLength = header.rowLength << (3 + header.chunkGroups)
    chunks = try Self.chunks(stored, at: offset, count: (count - 1) / pieceLength + 1)
    order = ColumnOrder(header.predictor?.order ?? Array(0..<header.rowLength))
    tables = RANSMatrixTables(header)
    streamTables = tables.streamTables(precision: header.precision)
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
