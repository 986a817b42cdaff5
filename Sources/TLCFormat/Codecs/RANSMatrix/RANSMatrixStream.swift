internal import TLCCore

/// The states, words and escapes of a chunk that is being decoded.
struct RANSMatrixStream {
  private var states: SIMD8<UInt32>
  /// The words, and eight more of 0.
  private let words: [UInt16]
  private let wordCount: Int
  private var position = 0
  private var escapes: BitReader
  private let end: Int

  static let tooFewWords = PlaneError.malformed("a chunk needs more words than it has")

  init(_ stored: [UInt8], _ range: Range<Int>, laneCount: Int) throws(PlaneError) {
    let start = range.lowerBound
    let first = start + 4 * laneCount + 3
    guard first <= range.upperBound else { throw .malformed("a chunk has no room for its states") }
    states = SIMD8(repeating: RANSMatrixCodec.base)
    for lane in 0..<laneCount {
      states[lane] = stored.littleEndian(at: start + 4 * lane)
      guard states[lane] >= RANSMatrixCodec.base else {
        throw .malformed("a chunk starts from a state below 2^16")
      }
    }
    let count =
      Int(stored[first - 3]) | Int(stored[first - 2]) << 8 | Int(stored[first - 1]) << 16
    guard count <= (range.upperBound - first) / 2 else { throw Self.tooFewWords }
    words = [UInt16](unsafeUninitializedCount: count + 8) { words in
      for i in 0..<count {
        words[i] = UInt16(stored[first + 2 * i]) | UInt16(stored[first + 2 * i + 1]) << 8
      }
      for i in 0..<8 { words[count + i] = 0 }
    }
    wordCount = count
    escapes = BitReader(stored, in: first + 2 * count..<range.upperBound)
    end = range.upperBound
  }

  /// Checks that nothing is left.
  func finish() throws(PlaneError) {
    guard position == wordCount else {
      throw .malformed("a chunk leaves \(wordCount - position) words")
    }
    for lane in 0..<RANSMatrixCodec.laneCount where states[lane] != RANSMatrixCodec.base {
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
  mutating func decode(
    columns: Range<Int>, rowCount: Int, _ tables: [SIMD8<UInt32>], _ expected: [SIMD8<UInt32>],
    _ plane: RANSMatrixPlane, into block: inout [UInt32]
  ) throws(PlaneError) {
    guard rowCount == RANSMatrixCodec.laneCount else {
      for place in columns {
        for lane in 0..<rowCount {
          let symbol = try decodeOne(lane, tables[place][lane], plane) &+ expected[place][lane]
          guard symbol < 1 << UInt32(plane.width) else { throw plane.outOfRange }
          block[lane * plane.header.rowLength + plane.order[place]] = symbol
        }
      }
      return
    }
    var (s0, s1, s2, s3) = (states[0], states[1], states[2], states[3])
    var (s4, s5, s6, s7) = (states[4], states[5], states[6], states[7])
    let slots = plane.tables
    let words = words
    var escapes = escapes
    var lanes = RANSMatrixLanes(
      slots: slots.slots.span, entries: slots.entries.span, words: words.span, position: position,
      precision: UInt32(plane.header.precision))
    let order = plane.order.span
    let tables = tables.span
    let expected = expected.span
    let rowLength = plane.header.rowLength
    let limit: UInt32 = 1 << UInt32(plane.width)
    let escapeOrder = plane.header.escapeOrder
    var out = block.mutableSpan
    for place in columns {
      // The words have eight more behind them, so a column can read before it is checked.
      guard lanes.position <= wordCount else { throw Self.tooFewWords }
      let table = tables[place]
      let r0 = lanes.step(&s0, table[0])
      let r1 = lanes.step(&s1, table[1])
      let r2 = lanes.step(&s2, table[2])
      let r3 = lanes.step(&s3, table[3])
      let r4 = lanes.step(&s4, table[4])
      let r5 = lanes.step(&s5, table[5])
      let r6 = lanes.step(&s6, table[6])
      let r7 = lanes.step(&s7, table[7])
      var residuals = SIMD8(r0, r1, r2, r3, r4, r5, r6, r7)
      if (r0 | r1 | r2 | r3 | r4 | r5 | r6 | r7) & RANSMatrixSlots.escape != 0 {
        for lane in 0..<8 where residuals[lane] == RANSMatrixSlots.escape {
          residuals[lane] = try slots.escaped(table[lane], order: escapeOrder, from: &escapes)
        }
      }
      let symbols = expected[place] &+ residuals
      var all: UInt32 = 0
      var at = order[place]
      for lane in 0..<8 {
        all |= symbols[lane]
        out[at] = symbols[lane]
        at += rowLength
      }
      guard all < limit else { throw plane.outOfRange }
    }
    states = SIMD8(s0, s1, s2, s3, s4, s5, s6, s7)
    self.escapes = escapes
    position = lanes.position
    guard position <= wordCount else { throw Self.tooFewWords }
  }

  /// Decodes a residual, with the bias, where fewer than eight rows are left.
  private mutating func decodeOne(
    _ lane: Int, _ table: UInt32, _ plane: RANSMatrixPlane
  ) throws(PlaneError) -> UInt32 {
    let precision = UInt32(plane.header.precision)
    let slot = states[lane] & (1 << precision - 1)
    let index = plane.tables.slots[Int(table << precision | slot)]
    let entry = plane.tables.entries[Int(table) * RANSMatrixSlots.entryCount + Int(index)]
    var next =
      UInt32(truncatingIfNeeded: entry >> 32 & 0xFFFF) &* (states[lane] >> precision)
      &+ slot &- UInt32(truncatingIfNeeded: entry >> 48)
    if next < RANSMatrixCodec.base {
      guard position < wordCount else { throw Self.tooFewWords }
      next = next << 16 | UInt32(words[position])
      position += 1
    }
    states[lane] = next
    let residual = UInt32(truncatingIfNeeded: entry)
    guard residual == RANSMatrixSlots.escape else { return residual }
    return try plane.tables.escaped(
      table, order: plane.header.escapeOrder, from: &escapes)
  }
}

/// What the lanes of a chunk share while they are decoded.
private struct RANSMatrixLanes: ~Escapable {
  let slots: Span<UInt8>
  let entries: Span<UInt64>
  let words: Span<UInt16>
  var position: Int
  let precision: UInt32

  @_lifetime(copy slots, copy entries, copy words)
  init(
    slots: Span<UInt8>, entries: Span<UInt64>, words: Span<UInt16>, position: Int, precision: UInt32
  ) {
    self.slots = slots
    self.entries = entries
    self.words = words
    self.position = position
    self.precision = precision & 31
  }

  /// Decodes a lane's next residual.
  @inline(__always)
  mutating func step(_ state: inout UInt32, _ table: UInt32) -> UInt32 {
    let slot = state & (1 &<< precision &- 1)
    let index = UInt32(slots[Int(table &<< precision | slot)])
    let entry = entries[Int(table &<< 8 | index)]
    let next =
      UInt32(truncatingIfNeeded: entry >> 32 & 0xFFFF) &* (state &>> precision)
      &+ slot &- UInt32(truncatingIfNeeded: entry >> 48)
    let isLow = next < RANSMatrixCodec.base
    let refilled = next &<< 16 | UInt32(words[position])
    state = isLow ? refilled : next
    position &+= isLow ? 1 : 0
    return UInt32(truncatingIfNeeded: entry)
  }
}
