internal import TLCCore

/// A plane that `rans` stored, its tables read and its chunks found.
struct RANSPlane: OpenPlane {
  let count: Int
  let pieceLength: Int
  private let stored: [UInt8]
  private let width: Int
  private let precision: UInt32
  private let classes: RANSClasses
  /// For each class 2^precision slots: the symbol, or the escape's mark, in the low 32 bits; then
  /// 16 bits of frequency, and 16 of the slot less the symbol's start.
  private let slots: [UInt64]
  private let chunks: [Range<Int>]

  private static let escape: UInt32 = 1 << 31
  private static let blockLength = 2_048

  /// Reads all that stands before the chunks; what it allocates is bounded by the stored length.
  init(_ stored: [UInt8], count: Int, width: Int) throws(PlaneError) {
    guard stored.count >= 12 else { throw .malformed("the plane has no room for its header") }
    let precision = Int(stored[0])
    let tableCount = Int(stored[1])
    let chunkBits = Int(stored[2])
    let run = Int(stored.littleEndian(at: 4) as UInt32)
    let mapCount = Int(stored.littleEndian(at: 8) as UInt32)
    guard RANSCodec.precisions.contains(precision) else {
      throw .malformed("the precision is \(precision), not 8 to 14")
    }
    guard (1...RANSCodec.greatestTableCount).contains(tableCount) else {
      throw .malformed("there are \(tableCount) tables, not 1 to 16")
    }
    guard RANSCodec.chunkBits.contains(chunkBits) else {
      throw .malformed("a chunk has 2^\(chunkBits) symbols, not 2^12 to 2^20")
    }
    guard stored[3] == 0 else { throw .malformed("a reserved byte is not 0") }
    let isSingle = tableCount == 1
    guard isSingle ? run == 0 : (1...RANSCodec.greatestRun).contains(run) else {
      throw .malformed("a run of \(run) symbols does not fit \(tableCount) tables")
    }
    guard isSingle ? mapCount == 0 : (1...RANSCodec.greatestMapCount).contains(mapCount) else {
      throw .malformed("a map of \(mapCount) classes does not fit \(tableCount) tables")
    }
    var offset = 12
    classes = RANSClasses(
      run: run,
      map: try Self.map(
        stored, at: &offset, count: mapCount, tableCount: tableCount))
    var slots: [UInt64] = []
    slots.reserveCapacity(tableCount << precision)
    for _ in 0..<tableCount {
      let table = try RANSTable(
        parsing: stored, at: &offset, precision: precision, width: width)
      Self.append(table, to: &slots)
    }
    self.slots = slots
    chunks = try Self.chunks(stored, at: offset, count: count, chunkBits: chunkBits)
    self.stored = stored
    self.count = count
    self.width = width
    self.precision = UInt32(precision)
    pieceLength = 1 << chunkBits
  }

  private static func map(
    _ stored: [UInt8], at offset: inout Int, count: Int, tableCount: Int
  ) throws(PlaneError) -> [UInt8] {
    let byteCount = (count + 1) / 2
    guard stored.count - offset >= byteCount else { throw .malformed("the map is cut short") }
    var map: [UInt8] = []
    map.reserveCapacity(count)
    for i in 0..<count {
      let index = stored[offset + i / 2] >> UInt8(i % 2 * 4) & 15
      guard index < tableCount else {
        throw .malformed("the map names class \(index) of \(tableCount)")
      }
      map.append(index)
    }
    if count % 2 == 1, stored[offset + byteCount - 1] >> 4 != 0 {
      throw .malformed("the map's last bits are not 0")
    }
    offset += byteCount
    return map
  }

  private static func append(_ table: RANSTable, to slots: inout [UInt64]) {
    for (i, frequency) in table.frequencies.enumerated() {
      let symbol = i == table.windowLength ? escape : table.first + UInt32(i)
      for bias in 0..<UInt64(frequency) {
        slots.append(UInt64(symbol) | UInt64(frequency) << 32 | bias << 48)
      }
    }
  }

  private static func chunks(
    _ stored: [UInt8], at offset: Int, count: Int, chunkBits: Int
  ) throws(PlaneError) -> [Range<Int>] {
    let chunkCount = (count - 1) >> chunkBits + 1
    let left = stored.count - offset
    guard chunkCount <= left / (4 + RANSCodec.chunkHeaderByteCount) else {
      throw .malformed("\(left) bytes are too few for \(chunkCount) chunks")
    }
    var chunks: [Range<Int>] = []
    var start = offset + 4 * chunkCount
    for chunk in 0..<chunkCount {
      let length = Int(stored.littleEndian(at: offset + 4 * chunk) as UInt32)
      guard length >= RANSCodec.chunkHeaderByteCount, length <= stored.count - start else {
        throw .malformed("chunk \(chunk) of \(length) bytes does not fit the plane")
      }
      chunks.append(start..<start + length)
      start += length
    }
    guard start == stored.count else {
      throw .malformed("\(stored.count - start) bytes are left over behind the chunks")
    }
    return chunks
  }

  func forEachBlock(
    ofPiece piece: Int, _ body: (Int, Span<UInt32>) throws(PlaneError) -> Void
  ) throws(PlaneError) {
    let symbols = symbols(ofPiece: piece)
    var chunk = try RANSChunk(stored, chunks[piece], width: width)
    var block = [UInt32](repeating: 0, count: min(Self.blockLength, symbols.count))
    for start in stride(from: symbols.lowerBound, to: symbols.upperBound, by: Self.blockLength) {
      let end = min(start + Self.blockLength, symbols.upperBound)
      try decode(start..<end, &chunk, into: &block)
      try body(start, block.span.extracting(0..<end - start))
    }
    try chunk.finish()
  }

  func decodeBytes(
    ofPiece piece: Int, into bytes: inout MutableSpan<UInt8>
  ) throws(PlaneError) {
    let symbols = symbols(ofPiece: piece)
    var chunk = try RANSChunk(stored, chunks[piece], width: width)
    var block = [UInt32](repeating: 0, count: min(Self.blockLength, symbols.count))
    for start in stride(from: symbols.lowerBound, to: symbols.upperBound, by: Self.blockLength) {
      let end = min(start + Self.blockLength, symbols.upperBound)
      try decode(start..<end, &chunk, into: &block)
      let place = start - symbols.lowerBound
      for i in 0..<end - start { bytes[place + i] = UInt8(truncatingIfNeeded: block[i]) }
    }
    try chunk.finish()
  }

  /// Decodes a block, which starts at a multiple of 8 symbols of the chunk.
  private func decode(
    _ range: Range<Int>, _ chunk: inout RANSChunk, into block: inout [UInt32]
  ) throws(PlaneError) {
    let start = range.lowerBound
    if classes.isSingle {
      try decode(range.count, at: 0, lane: 0, SIMD8(repeating: 0), &chunk, into: &block)
    } else if classes.run == 1, 8 % classes.map.count == 0 {
      var offsets = SIMD8<UInt32>()
      for lane in 0..<8 {
        offsets[lane] = UInt32(classes.map[(start + lane) % classes.map.count]) << precision
      }
      try decode(range.count, at: 0, lane: 0, offsets, &chunk, into: &block)
    } else {
      try classes.forEachStretch(in: range) { (stretch, index) throws(PlaneError) in
        let offset = SIMD8(repeating: UInt32(index) << precision)
        let place = stretch.lowerBound - start
        try decode(
          stretch.count, at: place, lane: place % 8, offset, &chunk, into: &block)
      }
    }
  }

  /// Decodes `count` symbols into the block from `place` on.
  ///
  /// - Parameters:
  ///   - lane: the lane of the first symbol.
  ///   - offsets: where each lane's slots start.
  private func decode(
    _ count: Int, at place: Int, lane: Int, _ offsets: SIMD8<UInt32>, _ chunk: inout RANSChunk,
    into block: inout [UInt32]
  ) throws(PlaneError) {
    var done = 0
    while done < count, (lane + done) % 8 != 0 || count - done < 8 {
      let l = (lane + done) % 8
      try decodeOne(l, offsets[l], &chunk, into: &block[place + done])
      done += 1
    }
    let groups = (count - done) / 8
    if groups > 0 {
      try decodeGroups(groups, at: place + done, offsets, &chunk, into: &block)
      done += groups * 8
    }
    while done < count {
      let l = (lane + done) % 8
      try decodeOne(l, offsets[l], &chunk, into: &block[place + done])
      done += 1
    }
  }

  private func decodeOne(
    _ lane: Int, _ offset: UInt32, _ chunk: inout RANSChunk, into symbol: inout UInt32
  ) throws(PlaneError) {
    let state = chunk.states[lane]
    let slot = slots[Int(offset + state & (1 << precision - 1))]
    var next =
      UInt32(truncatingIfNeeded: slot >> 32 & 0xFFFF) &* (state >> precision)
      &+ UInt32(truncatingIfNeeded: slot >> 48)
    if next < RANSCodec.base { next = next << 16 | UInt32(try chunk.nextWord()) }
    chunk.states[lane] = next
    symbol = UInt32(truncatingIfNeeded: slot)
    if symbol == Self.escape { symbol = try chunk.nextEscape() }
  }

  /// Decodes groups of a symbol a lane: the loop that everything waits for.
  ///
  /// The lanes are written out, so that their states stay in registers.
  private func decodeGroups(
    _ groups: Int, at place: Int, _ offsets: SIMD8<UInt32>, _ chunk: inout RANSChunk,
    into block: inout [UInt32]
  ) throws(PlaneError) {
    let states = chunk.states
    var (s0, s1, s2, s3) = (states[0], states[1], states[2], states[3])
    var (s4, s5, s6, s7) = (states[4], states[5], states[6], states[7])
    let (o0, o1, o2, o3) = (offsets[0], offsets[1], offsets[2], offsets[3])
    let (o4, o5, o6, o7) = (offsets[4], offsets[5], offsets[6], offsets[7])
    let wordCount = chunk.wordCount
    let words = chunk.words
    var lanes = RANSLanes(
      slots: slots.span, words: words.span, position: chunk.position,
      mask: 1 << precision - 1, shift: precision & 31)
    var out = block.mutableSpan
    for group in 0..<groups {
      // The words have eight more behind them, so a group can read before it is checked.
      guard lanes.position <= wordCount else { throw RANSChunk.tooFewWords }
      let base = place + group * 8
      let r0 = lanes.step(&s0, o0)
      let r1 = lanes.step(&s1, o1)
      let r2 = lanes.step(&s2, o2)
      let r3 = lanes.step(&s3, o3)
      let r4 = lanes.step(&s4, o4)
      let r5 = lanes.step(&s5, o5)
      let r6 = lanes.step(&s6, o6)
      let r7 = lanes.step(&s7, o7)
      let symbols = SIMD8(r0, r1, r2, r3, r4, r5, r6, r7)
      for lane in 0..<8 { out[base + lane] = symbols[lane] }
      if (r0 | r1 | r2 | r3 | r4 | r5 | r6 | r7) & Self.escape != 0 {
        for lane in 0..<8 where out[base + lane] == Self.escape {
          out[base + lane] = try chunk.nextEscape()
        }
      }
    }
    chunk.states = SIMD8(s0, s1, s2, s3, s4, s5, s6, s7)
    let position = lanes.position
    chunk.position = position
    guard position <= wordCount else { throw RANSChunk.tooFewWords }
  }
}

/// What the lanes of a chunk share while they are decoded.
private struct RANSLanes: ~Escapable {
  let slots: Span<UInt64>
  let words: Span<UInt16>
  var position: Int
  let mask: UInt32
  let shift: UInt32

  @_lifetime(copy slots, copy words)
  init(slots: Span<UInt64>, words: Span<UInt16>, position: Int, mask: UInt32, shift: UInt32) {
    self.slots = slots
    self.words = words
    self.position = position
    self.mask = mask
    self.shift = shift
  }

  /// Decodes a lane's next symbol.
  @inline(__always)
  mutating func step(_ state: inout UInt32, _ offset: UInt32) -> UInt32 {
    let slot = slots[Int(offset &+ (state & mask))]
    let next =
      UInt32(truncatingIfNeeded: slot >> 32 & 0xFFFF) &* (state &>> shift)
      &+ UInt32(truncatingIfNeeded: slot >> 48)
    let isLow = next < RANSCodec.base
    let refilled = next &<< 16 | UInt32(words[position])
    state = isLow ? refilled : next
    position &+= isLow ? 1 : 0
    return UInt32(truncatingIfNeeded: slot)
  }
}
