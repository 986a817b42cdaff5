import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCFormat

@Suite struct RANSMatrixCodecTests {
  private static func decoded(_ stored: [UInt8], _ symbols: PlaneSymbols) throws -> [UInt32] {
    let plane = try RANSMatrixCodec.open(stored, count: symbols.count, width: symbols.width)
    return try Parallelism.serial.fill(count: symbols.count, pieceLength: plane.pieceLength) {
      (piece, out: inout MutableSpan<UInt32>) in
      try plane.forEachBlock(ofPiece: piece) { start, block in
        for i in block.indices { out[start - piece * plane.pieceLength + i] = block[i] }
      }
    }
  }

  private static func encoded(_ symbols: PlaneSymbols, threads: Int = 1) -> [UInt8]? {
    RANSMatrixCodec.encode(symbols, limit: .max, parallelism: Parallelism(threads: threads))
  }

  /// Rows of like codes, whose spread depends on row and column, with outliers.
  ///
  /// - Parameter factors: how many numbers a row follows from; noise alone where it is 0.
  private static func matrix(
    seed: UInt64, rows: Int, columns: Int, width: Int, factors: Int = 0
  ) -> PlaneSymbols {
    var arbitrary = Arbitrary(seed: seed)
    let greatest = 1 << width - 1
    let loadings = (0..<columns * factors).map { _ in arbitrary.int(in: -8...8) }
    let spread = max(1, greatest / 24)
    var words: [UInt32] = []
    for row in 0..<rows {
      let scores = (0..<factors).map { _ in arbitrary.int(in: -spread...spread) }
      for column in 0..<columns {
        if arbitrary.int(in: 0...500) == 0 {
          words.append(UInt32(arbitrary.int(in: 0...greatest)))
          continue
        }
        let own = 1 + spread / (1 + (row % 3) * (column % 4))
        var value = greatest / 2 + arbitrary.int(in: -own...own) + arbitrary.int(in: -own...own)
        for (factor, score) in scores.enumerated() {
          value += score * loadings[column * factors + factor] / 4
        }
        words.append(UInt32(min(greatest, max(0, value))))
      }
    }
    return PlaneSymbols(words: words, width: width, structure: .rows(length: columns))
  }

  @Test(arguments: UInt64(0)..<24)
  func `gives back every symbol, for any width and shape, whatever threads`(seed: UInt64) throws {
    var arbitrary = Arbitrary(seed: seed)
    let symbols = Self.matrix(
      seed: seed, rows: arbitrary.int(in: 1...(seed % 4 == 0 ? 9 : 90)),
      columns: arbitrary.int(in: 1...(seed % 5 == 0 ? 3 : 30)), width: 1 + Int(seed % 16),
      factors: Int(seed % 3))
    let stored = try #require(Self.encoded(symbols))
    #expect(Self.encoded(symbols, threads: 3) == stored)
    guard case .words(let words) = symbols.storage else { return }
    #expect(try Self.decoded(stored, symbols) == words)
  }

  @Test func `codes several chunks, and the rows that are left over`() throws {
    let symbols = Self.matrix(seed: 5, rows: 131, columns: 1_030, width: 9)
    let stored = try #require(Self.encoded(symbols, threads: 2))
    let plane = try RANSMatrixCodec.open(stored, count: symbols.count, width: symbols.width)
    #expect(plane.pieceCount == 3)
    guard case .words(let words) = symbols.storage else { return }
    #expect(try Self.decoded(stored, symbols) == words)
  }

  @Test func `decodes bytes as it does words`() throws {
    let symbols = Self.matrix(seed: 8, rows: 70, columns: 21, width: 8, factors: 1)
    let stored = try #require(Self.encoded(symbols))
    let plane = try RANSMatrixCodec.open(stored, count: symbols.count, width: 8)
    let bytes = try Parallelism.serial.fill(count: symbols.count, pieceLength: plane.pieceLength) {
      (piece, out: inout MutableSpan<UInt8>) in
      try plane.decodeBytes(ofPiece: piece, into: &out)
    }
    #expect(bytes.map { UInt32($0) } == (try Self.decoded(stored, symbols)))
  }

  private static func entropyByteCount(_ symbols: PlaneSymbols) -> Double {
    var histogram = [Int](repeating: 0, count: 1 << symbols.width)
    guard case .words(let words) = symbols.storage else { return 0 }
    for word in words { histogram[Int(word)] += 1 }
    return histogram.entropyBits / 8
  }

  @Test func `takes far fewer bytes than the entropy where columns are related`() throws {
    let symbols = Self.matrix(seed: 11, rows: 1_000, columns: 24, width: 10, factors: 2)
    let stored = try #require(Self.encoded(symbols))
    #expect(Double(stored.count) < 0.95 * Self.entropyByteCount(symbols))
  }

  @Test func `takes fewer bytes than tables do where rows and columns differ in spread`() throws {
    let symbols = Self.matrix(seed: 12, rows: 300, columns: 100, width: 10)
    let stored = try #require(Self.encoded(symbols))
    let tables = try #require(
      RANSCodec.encode(symbols, limit: .max, parallelism: .serial))
    #expect(stored.count < tables.count)
  }

  /// 768 codes of normal weights, as of the types of tokens: tables took a quarter of their bytes.
  @Test func `spends few bytes on a small matrix`() throws {
    var arbitrary = Arbitrary(seed: 3)
    let words = (0..<768).map { _ in
      UInt32(16 + (0..<9).reduce(0) { sum, _ in sum + arbitrary.int(in: -2...2) } / 2)
    }
    let symbols = PlaneSymbols(words: words, width: 5, structure: .rows(length: 384))
    let stored = try #require(Self.encoded(symbols))
    #expect(Double(stored.count) < 1.12 * Self.entropyByteCount(symbols))
  }

  @Test func `leaves planes to other codecs that have no rows, or too wide symbols`() {
    let words = [UInt32](repeating: 3, count: 640)
    #expect(Self.encoded(PlaneSymbols(words: words, width: 4)) == nil)
    #expect(
      Self.encoded(PlaneSymbols(words: words, width: 17, structure: .rows(length: 64))) == nil)
    #expect(Self.encoded(PlaneSymbols(words: words, width: 4, structure: .rows(length: 7))) == nil)
  }

  @Test(arguments: [0, 2])
  func `refuses or decodes any change of a plane, and never traps`(factors: Int) throws {
    let symbols = Self.matrix(seed: 4, rows: 64, columns: 8, width: 5, factors: factors)
    let stored = try #require(Self.encoded(symbols))
    for index in stored.indices {
      for change in [UInt8(1), 0xFF] {
        var changed = stored
        changed[index] ^= change
        let words = try? Self.decoded(changed, symbols)
        #expect(words.map { $0.count == symbols.count } ?? true)
      }
      #expect(throws: PlaneError.self) {
        try Self.decoded(Array(stored.prefix(index)), symbols)
      }
    }
  }
}
