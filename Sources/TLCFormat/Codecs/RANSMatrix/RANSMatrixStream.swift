internal import TLCCore
internal import TLCKernels

/// The states, words and escapes of a chunk that is being decoded.
struct RANSMatrixStream {
  private var rows: RowStream
  private var escapes: BitReader
  private let end: Int

  private static let tooFewWords = PlaneError.malformed("a chunk needs more words than it has")

  init(_ stored: [UInt8], _ range: Range<Int>, laneCount: Int) throws(PlaneError) {
    let start = range.lowerBound
    let first = start + 4 * laneCount + 3
    guard first <= range.upperBound else { throw .malformed("a chunk has no room for its states") }
    var states = SIMD8(repeating: RANSMatrixCodec.base)
    for lane in 0..<laneCount {
      states[lane] = stored.littleEndian(at: start + 4 * lane)
      guard states[lane] >= RANSMatrixCodec.base else {
        throw .malformed("a chunk starts from a state below 2^16")
      }
    }
    let count =
      Int(stored[first - 3]) | Int(stored[first - 2]) << 8 | Int(stored[first - 1]) << 16
    guard count <= (range.upperBound - first) / 2 else { throw Self.tooFewWords }
    var words = [UInt16](repeating: 0, count: count + RANSMatrixCodec.laneCount)
    for i in 0..<count {
      words[i] = UInt16(stored[first + 2 * i]) | UInt16(stored[first + 2 * i + 1]) << 8
    }
    rows = RowStream(states: states, words: words)
    escapes = BitReader(stored, in: first + 2 * count..<range.upperBound)
    end = range.upperBound
  }

  /// Checks that nothing is left.
  func finish() throws(PlaneError) {
    guard rows.position == rows.wordCount else {
      throw .malformed("a chunk leaves \(rows.wordCount - rows.position) words")
    }
    for lane in 0..<RANSMatrixCodec.laneCount where rows.states[lane] != RANSMatrixCodec.base {
      throw .malformed("a lane does not end at state 2^16")
    }
    guard let behind = escapes.finish() else {
      throw .malformed("the escapes' last bits are not 0")
    }
    guard behind == end else { throw .malformed("a chunk is longer than its escapes need") }
  }

  /// Decodes columns, given by their places in the order of coding, of as many rows.
  ///
  /// - Parameters:
  ///   - tables: for each column and each lane, the table.
  ///   - expected: the same of what is expected, less the residuals' bias.
  ///   - escapePlaces: as many as the block has symbols, to note there which are escaped.
  mutating func decode(
    columns: Range<Int>, rowCount: Int, _ tables: [SIMD8<UInt32>], _ expected: [SIMD8<UInt32>],
    _ plane: RANSMatrixPlane, into block: inout [UInt32], _ escapePlaces: inout [UInt32]
  ) throws(PlaneError) {
    let rowLength = plane.header.rowLength
    guard rowCount == RANSMatrixCodec.laneCount else {
      for place in columns {
        for lane in 0..<rowCount {
          block[lane * rowLength + plane.order[place]] = try decodeOne(
            lane, tables[place][lane], expected[place][lane], plane)
        }
      }
      return
    }
    var symbols = block.mutableSpan
    var places = escapePlaces.mutableSpan
    let outcome = rows.decode(
      columns: columns, by: plane.streamTables, tableOf: tables.span, expected: expected.span,
      order: plane.order, into: &symbols, escapes: &places)
    guard !rows.isOverdrawn else { throw Self.tooFewWords }
    guard outcome.all < 1 << UInt32(plane.width) else { throw plane.outOfRange }
    for i in 0..<outcome.escapeCount {
      let lane = Int(escapePlaces[i] & 7)
      let place = columns.lowerBound + Int(escapePlaces[i] >> 3)
      block[lane * rowLength + plane.order[place]] = try escaped(
        tables[place][lane], expected[place][lane], plane)
    }
  }

  /// Decodes a symbol, where fewer than eight rows are left.
  private mutating func decodeOne(
    _ lane: Int, _ table: UInt32, _ expected: UInt32, _ plane: RANSMatrixPlane
  ) throws(PlaneError) -> UInt32 {
    guard let residual = rows.decode(lane: lane, by: plane.streamTables, table: table) else {
      throw Self.tooFewWords
    }
    guard residual != StreamTables.escape else { return try escaped(table, expected, plane) }
    let symbol = residual &+ expected
    guard symbol < 1 << UInt32(plane.width) else { throw plane.outOfRange }
    return symbol
  }

  /// Reads a symbol that is escaped.
  private mutating func escaped(
    _ table: UInt32, _ expected: UInt32, _ plane: RANSMatrixPlane
  ) throws(PlaneError) -> UInt32 {
    let residual = try plane.tables.escaped(
      table, order: plane.header.escapeOrder, from: &escapes)
    let symbol = residual &+ expected
    guard symbol < 1 << UInt32(plane.width) else { throw plane.outOfRange }
    return symbol
  }
}
