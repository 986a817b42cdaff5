internal import TLCCore
internal import TLCKernels

/// A chunk that is being decoded, eight rows at a time.
struct RANSMatrixDecoder {
  /// The symbols of the rows that were decoded last, row by row.
  private(set) var block: [UInt32]

  /// For notes of which of them are escaped.
  private var escapePlaces: [UInt32]
  private let plane: RANSMatrixPlane
  private var stream: RANSMatrixStream
  /// For each column in the order of coding and each lane, the table, and what is expected less
  /// the residuals' bias.
  private var tables: [SIMD8<UInt32>]
  private var expected: [SIMD8<UInt32>]
  /// The same in quarters, before the center is added.
  private var quarters: [SIMD8<Int32>]
  /// What predictions start from: for each reference, what the lanes hold there.
  private var inputs: [SIMD8<Float>]
  /// For each column in the order of coding, the table at level 0 of the row.
  private let columnTables: [UInt32]

  init(
    _ plane: RANSMatrixPlane, _ stored: [UInt8], _ range: Range<Int>, rowCount: Int
  ) throws(PlaneError) {
    self.plane = plane
    let laneCount = min(RANSMatrixCodec.laneCount, rowCount)
    stream = try RANSMatrixStream(stored, range, laneCount: laneCount)
    let header = plane.header
    let perLevel = plane.tables.tablesPerLevel
    columnTables = plane.order.columns.map {
      UInt32((header.columnLevels[$0] - header.columnLevels.least) * perLevel)
    }
    block = Array(repeating: 0, count: laneCount * header.rowLength)
    escapePlaces = block
    tables = Array(repeating: SIMD8(), count: header.rowLength)
    expected = Array(repeating: SIMD8(), count: header.rowLength)
    quarters = Array(repeating: SIMD8(), count: header.rowLength)
    inputs = Array(repeating: SIMD8(), count: header.predictor?.referenceCount ?? 0)
  }

  /// Checks that nothing is left.
  func finish() throws(PlaneError) { try stream.finish() }

  /// Decodes the next rows of the plane, up to eight, into ``block``.
  mutating func decode(rows: Range<Int>) throws(PlaneError) {
    let header = plane.header
    var rowTables = SIMD8<UInt32>()
    for (lane, row) in rows.enumerated() {
      rowTables[lane] = UInt32(
        (header.rowLevels[row] - header.rowLevels.least) * plane.tables.tablesPerLevel)
    }
    guard let predictor = header.predictor else {
      let center = UInt32(bitPattern: Int32(header.center) - RANSMatrixTables.bias)
      for place in tables.indices {
        tables[place] = rowTables &+ columnTables[place]
        expected[place] = SIMD8(repeating: center)
      }
      return try decode(0..<tables.count, rowCount: rows.count)
    }
    for place in 0..<predictor.referenceCount {
      quarters[place] = predictor.quarters(ofReference: place, inputs)
      expect(place..<place + 1, rowTables)
      try decode(place..<place + 1, rowCount: rows.count)
      let column = plane.order[place]
      for lane in 0..<rows.count {
        let symbol = Int32(truncatingIfNeeded: block[lane * header.rowLength + column])
        inputs[place][lane] = RANSMatrixPredictor.input(symbol &- Int32(header.center))
      }
    }
    predictor.expect(inputs, quarters: &quarters)
    expect(predictor.referenceCount..<tables.count, rowTables)
    try decode(predictor.referenceCount..<tables.count, rowCount: rows.count)
  }

  /// Takes what is expected in quarters apart, at places in the order of coding.
  private mutating func expect(_ columns: Range<Int>, _ rowTables: SIMD8<UInt32>) {
    Self.expect(
      columns, quarters, rowTables, columnTables,
      center: Int32(plane.header.center) - RANSMatrixTables.bias, tables: &tables,
      expected: &expected)
  }

  private static func expect(
    _ columns: Range<Int>, _ quarters: [SIMD8<Int32>], _ rowTables: SIMD8<UInt32>,
    _ columnTables: [UInt32], center: Int32, tables: inout [SIMD8<UInt32>],
    expected: inout [SIMD8<UInt32>]
  ) {
    let quarters = quarters.span
    let columnTables = columnTables.span
    var tables = tables.mutableSpan
    var expected = expected.mutableSpan
    for place in columns {
      let whole = (quarters[place] &+ 2) &>> 2
      let phase = quarters[place] &- (whole &<< 2) &+ 2
      tables[place] = rowTables &+ columnTables[place] &+ SIMD8(truncatingIfNeeded: phase)
      expected[place] = SIMD8(truncatingIfNeeded: whole &+ center)
    }
  }

  private mutating func decode(_ columns: Range<Int>, rowCount: Int) throws(PlaneError) {
    try stream.decode(
      columns: columns, rowCount: rowCount, tables, expected, plane, into: &block,
      &escapePlaces)
  }
}
