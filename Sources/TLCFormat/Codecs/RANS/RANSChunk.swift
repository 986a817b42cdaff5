internal import TLCCore

/// A chunk that is being decoded.
struct RANSChunk {
  static let tooFewWords = PlaneError.malformed("a chunk needs more words than it has")

  var states: SIMD8<UInt32>
  /// The words, and eight more of 0.
  let words: [UInt16]
  let wordCount: Int
  /// The next word.
  var position = 0
  private let width: Int
  private var escapes: BitReader
  private let end: Int

  init(_ stored: [UInt8], _ range: Range<Int>, width: Int) throws(PlaneError) {
    let start = range.lowerBound
    states = SIMD8()
    for lane in 0..<RANSCodec.laneCount {
      states[lane] = stored.littleEndian(at: start + 4 * lane)
      guard states[lane] >= RANSCodec.base else {
        throw .malformed("a chunk starts from a state below 2^16")
      }
    }
    wordCount = Int(stored.littleEndian(at: start + 32) as UInt32)
    let first = start + RANSCodec.chunkHeaderByteCount
    guard wordCount <= (range.upperBound - first) / 2 else { throw Self.tooFewWords }
    let count = wordCount
    words = [UInt16](unsafeUninitializedCount: count + RANSCodec.laneCount) { words in
      for i in 0..<count {
        words[i] = UInt16(stored[first + 2 * i]) | UInt16(stored[first + 2 * i + 1]) << 8
      }
      for i in 0..<RANSCodec.laneCount { words[count + i] = 0 }
    }
    escapes = BitReader(stored, in: first + 2 * wordCount..<range.upperBound)
    end = range.upperBound
    self.width = width
  }

  mutating func nextWord() throws(PlaneError) -> UInt16 {
    guard position < wordCount else { throw Self.tooFewWords }
    defer { position += 1 }
    return words[position]
  }

  mutating func nextEscape() throws(PlaneError) -> UInt32 {
    guard let symbol = escapes.read(count: width) else {
      throw .malformed("a chunk is shorter than its escapes need")
    }
    return symbol
  }

  /// Checks that nothing is left.
  func finish() throws(PlaneError) {
    guard position == wordCount else {
      throw .malformed("a chunk leaves \(wordCount - position) words")
    }
    for lane in 0..<RANSCodec.laneCount where states[lane] != RANSCodec.base {
      throw .malformed("a lane does not end at state 2^16")
    }
    guard let behind = escapes.finish() else {
      throw .malformed("the escapes' last bits are not 0")
    }
    guard behind == end else {
      throw .malformed("a chunk is longer than its escapes need")
    }
  }
}
