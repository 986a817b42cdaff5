internal import TLCCore

/// Codes chunks by given tables: `formats/codecs/rans.md` §Encoding.
struct RANSChunkWriter: Sendable {
  private let classes: RANSClasses
  private let precision: UInt32
  private let width: Int
  /// For each class, the symbol that its codes start at.
  private let firsts: [UInt32]
  /// For each class, where its codes start in `codes`, and behind the last one the end. The last
  /// code of a class is the escape's.
  private let starts: [Int]
  /// The frequency of a symbol, above 16 bits of its start; frequency 0 means the escape.
  private let codes: [UInt32]

  init(tables: [RANSTable], classes: RANSClasses, precision: Int, width: Int) {
    self.classes = classes
    self.precision = UInt32(precision)
    self.width = width
    firsts = tables.map { $0.first }
    var starts = [0]
    var codes: [UInt32] = []
    for table in tables {
      var slot: UInt32 = 0
      for frequency in table.frequencies {
        codes.append(frequency << 16 | slot)
        slot += frequency
      }
      starts.append(codes.count)
    }
    self.starts = starts
    self.codes = codes
  }

  /// The stored form of a chunk.
  func chunk<Symbol: FixedWidthInteger & UnsignedInteger>(
    of symbols: [Symbol], in range: Range<Int>
  ) -> [UInt8] {
    var states = SIMD8<UInt32>(repeating: RANSCodec.base)
    var words = [UInt16](repeating: 0, count: range.count)
    var next = words.count
    var escapes: [UInt32] = []
    var stretches: [(Range<Int>, Int)] = []
    classes.forEachStretch(in: range) { stretches.append(($0, $1)) }
    for (stretch, index) in stretches.reversed() {
      let first = firsts[index]
      let start = starts[index]
      let escape = starts[index + 1] - 1
      for i in stretch.reversed() {
        let symbol = UInt32(symbols[i])
        var code = codes[min(start + Int(symbol &- first), escape)]
        if code >> 16 == 0 || symbol &- first >= UInt32(escape - start) {
          code = codes[escape]
          escapes.append(symbol)
        }
        let frequency = code >> 16
        let lane = (i - range.lowerBound) & 7
        var state = states[lane]
        if UInt64(state) >= UInt64(frequency) << UInt64(32 - precision) {
          next -= 1
          words[next] = UInt16(truncatingIfNeeded: state)
          state >>= 16
        }
        let (quotient, remainder) = state.quotientAndRemainder(dividingBy: frequency)
        states[lane] = quotient << precision &+ remainder &+ code & 0xFFFF
      }
    }
    return bytes(states, words[next...], escapes.reversed())
  }

  private func bytes(
    _ states: SIMD8<UInt32>, _ words: ArraySlice<UInt16>, _ escapes: [UInt32]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(RANSCodec.chunkHeaderByteCount + 2 * words.count)
    for lane in 0..<RANSCodec.laneCount { bytes.append(littleEndian: states[lane]) }
    bytes.append(littleEndian: UInt32(words.count))
    for word in words { bytes.append(littleEndian: word) }
    var writer = BitWriter()
    for escape in escapes { writer.write(escape, count: width) }
    writer.finish()
    return bytes + writer.bytes
  }
}
