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
  private let codes: [Code]

  /// How a symbol is coded; frequency 0 means by the escape.
  private struct Code {
    var frequency: UInt32
    var start: UInt32
    /// ⌊(2⁶⁴ − 1) / frequency⌋: ⌊(𝑥 + 1) × this / 2⁶⁴⌋ is ⌊𝑥 / frequency⌋ for every 32-bit 𝑥, since
    /// what is lost, below 2³³ / 2⁶⁴, is less than 1 / frequency.
    var reciprocal: UInt64

    init(frequency: UInt32, start: UInt32) {
      self.frequency = frequency
      self.start = start
      reciprocal = .max / UInt64(max(1, frequency))
    }
  }

  init(tables: [RANSTable], classes: RANSClasses, precision: Int, width: Int) {
    self.classes = classes
    self.precision = UInt32(precision)
    self.width = width
    firsts = tables.map { $0.first }
    var starts = [0]
    var codes: [Code] = []
    for table in tables {
      var slot: UInt32 = 0
      for frequency in table.frequencies {
        codes.append(Code(frequency: frequency, start: slot))
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
    var states = InlineArray<8, UInt32>(repeating: RANSCodec.base)
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
        if code.frequency == 0 || symbol &- first >= UInt32(escape - start) {
          code = codes[escape]
          escapes.append(symbol)
        }
        let lane = (i - range.lowerBound) & 7
        var state = states[lane]
        if UInt64(state) >= UInt64(code.frequency) << UInt64(32 - precision) {
          next -= 1
          words[next] = UInt16(truncatingIfNeeded: state)
          state >>= 16
        }
        let quotient = UInt32(
          truncatingIfNeeded: code.reciprocal.multipliedFullWidth(by: UInt64(state) + 1).high)
        // quotient × 2^precision + the remainder + the start.
        states[lane] =
          state &+ quotient &* (1 << precision &- code.frequency) &+ code.start
      }
    }
    return bytes(states, words[next...], escapes.reversed())
  }

  private func bytes(
    _ states: InlineArray<8, UInt32>, _ words: ArraySlice<UInt16>, _ escapes: [UInt32]
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
