import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCFormat

@Suite struct RANSCodecTests {
  private static func decoded(_ stored: [UInt8], _ symbols: PlaneSymbols) throws -> [UInt32] {
    let plane = try RANSCodec.open(stored, count: symbols.count, width: symbols.width)
    var words = [UInt32](repeating: 0, count: symbols.count)
    for piece in 0..<plane.pieceCount {
      try plane.forEachBlock(ofPiece: piece) { start, block in
        for i in block.indices { words[start + i] = block[i] }
      }
    }
    return words
  }

  /// Codes like a quantizer's: a bell, its width by row, and outliers.
  private static func codes(seed: UInt64, count: Int, width: Int, rowLength: Int) -> [UInt32] {
    var arbitrary = Arbitrary(seed: seed)
    let greatest = 1 << width - 1
    let spread = max(1, greatest / (2 + arbitrary.int(in: 0...30)))
    return (0..<count).map { i in
      if arbitrary.int(in: 0...400) == 0 { return UInt32(arbitrary.int(in: 0...greatest)) }
      let scale = 1 + (i / rowLength) % 4
      let sum = (0..<4).reduce(0) { sum, _ in sum + arbitrary.int(in: 0...max(1, spread / scale)) }
      return UInt32(min(greatest, sum / 4 + greatest / 3))
    }
  }

  @Test(arguments: UInt64(0)..<80)
  func `gives back every symbol, for any width, count and structure`(seed: UInt64) throws {
    var arbitrary = Arbitrary(seed: seed)
    let width = 1 + Int(seed % 24)
    let rowLength = arbitrary.int(in: 1...200)
    let rows = arbitrary.int(in: 1...400)
    let count = seed % 5 == 0 ? arbitrary.int(in: 1...20) : rows * rowLength
    let codes = Self.codes(seed: seed, count: count, width: width, rowLength: rowLength)
    let symbols = PlaneSymbols(
      words: codes, width: width,
      structure: seed % 3 == 0 ? .none : .rows(length: count == rows * rowLength ? rowLength : 1))
    let encoded = [1, 2, 7].map {
      RANSCodec.encode(symbols, limit: .max, parallelism: Parallelism(threads: $0))
    }
    #expect(encoded[0] == encoded[1] && encoded[1] == encoded[2])
    let stored = try #require(encoded[0])
    #expect(try Self.decoded(stored, symbols) == codes)
  }

  @Test(arguments: [1, 2, 4, 8, 3])
  func `codes the bytes of elements apart`(size: Int) throws {
    var arbitrary = Arbitrary(seed: 3)
    let bytes = (0..<size * 3000).map { i in
      i % size == size - 1 ? UInt8(60 + arbitrary.int(in: 0...3)) : arbitrary.bytes(1)[0]
    }
    let symbols = PlaneSymbols(bytes: bytes, structure: .elements(size: size))
    let stored = try #require(RANSCodec.encode(symbols, limit: .max, parallelism: .serial))
    let plane = try RANSCodec.open(stored, count: bytes.count, width: 8)
    let decoded = try Parallelism(threads: 2).fill(
      count: bytes.count, pieceLength: plane.pieceLength
    ) {
      (piece, out: inout MutableSpan<UInt8>) in
      try plane.decodeBytes(ofPiece: piece, into: &out)
    }
    #expect(decoded == bytes)
  }

  /// The order-0 entropy is what an ideal coder of one table needs: 0.3 % and a header more.
  @Test(arguments: [0.7, 2.0, 6.0, 30.0])
  func `stays near the entropy`(deviation: Double) throws {
    var arbitrary = Arbitrary(seed: 9)
    let count = 147_456
    let codes = (0..<count).map { _ -> UInt32 in
      if arbitrary.int(in: 0...9_999) == 0 { return UInt32(arbitrary.int(in: 0...4_095)) }
      let sum = (0..<12).reduce(0.0) { sum, _ in
        sum + Double.random(in: -0.5...0.5, using: &arbitrary.generator)
      }
      return UInt32(min(4_095, max(0, (2_048 + sum * deviation).rounded())))
    }
    var histogram = [Int](repeating: 0, count: 4_096)
    for code in codes { histogram[Int(code)] += 1 }
    let entropy = histogram.entropyBits / 8
    let stored = try #require(
      RANSCodec.encode(
        PlaneSymbols(words: codes, width: 12), limit: .max, parallelism: .serial))
    #expect(Double(stored.count) <= entropy * 1.003 + 500, "\(stored.count) against \(entropy)")
  }

  @Test func `refuses or decodes any change of a plane, and never traps`() throws {
    let codes = Self.codes(seed: 4, count: 600, width: 6, rowLength: 60)
    let symbols = PlaneSymbols(words: codes, width: 6, structure: .rows(length: 60))
    let stored = try #require(RANSCodec.encode(symbols, limit: .max, parallelism: .serial))
    for index in stored.indices {
      for change in [UInt8(1), 0x80, 0xFF] {
        var changed = stored
        changed[index] ^= change
        let words = try? Self.decoded(changed, symbols)
        #expect(words.map { $0.count == codes.count } ?? true)
      }
      #expect(throws: PlaneError.self) {
        try Self.decoded(Array(stored.prefix(index)), symbols)
      }
    }
  }
}
