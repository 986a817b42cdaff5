import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCFormat

/// The encoder of `formats/codecs/deflate.md`, read by the system's zlib.
@Suite struct DeflateTests {
  private static func inflated(_ stored: [UInt8], count: Int) throws -> [UInt8] {
    try Deflate.inflate(stored.span, count: count, format: .raw)
  }

  @Test func `the worked example is what is written`() {
    let bytes = (0..<300).map { UInt8($0 % 4) }
    #expect(
      DeflateEncoder.deflate(bytes) == [0x63, 0x60, 0x64, 0x62, 0x1E, 0xC5, 0xC4, 0x61, 0x00])
  }

  @Test(
    "what is written is read again, of every kind and length",
    arguments: [1, 2, 3, 4, 257, 258, 259, 5_000, 1 << 15, (1 << 17) + 1])
  func roundTrip(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    let kinds: [(UInt64) -> UInt8] = [
      { UInt8(truncatingIfNeeded: $0) },  // noise, which takes more bytes than it has
      { _ in 7 },
      { UInt8($0 % 2) },
      { UInt8(0x1.0p8 * Double($0 >> 11) * 0x1p-53 * Double($0 & 0x7FF) * 0x1p-11) },
      { $0 % 97 == 0 ? UInt8(truncatingIfNeeded: $0 >> 8) : UInt8($0 % 3) },
    ]
    for (place, kind) in kinds.enumerated() {
      let bytes = (0..<count).map { _ in kind(random.next()) }
      let stored = DeflateEncoder.deflate(bytes)
      #expect(try Self.inflated(stored, count: count) == bytes, "kind \(place)")
      #expect(stored.count <= count + count / 64 + 32)
    }
  }

  @Test func `repetitions as far back as can be are found, and none farther`() throws {
    var random = SplitMix64(seed: 3)
    let word = (0..<300).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for gap in [1 << 15, (1 << 15) + 1] {
      let between = (0..<gap - word.count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let bytes = word + between + word
      let stored = DeflateEncoder.deflate(bytes)
      #expect(try Self.inflated(stored, count: bytes.count) == bytes)
      #expect((stored.count < bytes.count) == (gap == 1 << 15))
    }
  }

  @Test func `text takes fewer bytes than by zlib at its best`() throws {
    let text = try Fixtures.bytes("text/passages.txt")
    let stored = DeflateEncoder.deflate(text)
    #expect(try Self.inflated(stored, count: text.count) == text)
    // 4_058 bytes by zlib 1.2.13 at level 9.
    #expect(text.count == 7_359 && stored.count < 4_058)
  }

  @Test func `words have as few bits as can be, and at most as many as are asked for`() {
    // Fibonacci's numbers would have words of as many bits as there are numbers.
    let counts = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55]
    #expect(PrefixCode(counts: counts, limit: 15).lengths == [9, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    let limited = PrefixCode(counts: counts, limit: 5).lengths
    #expect(limited.max() == 5)
    #expect(limited.reduce(0.0) { $0 + 1 / Double(1 << $1) } == 1)
    #expect(PrefixCode(counts: [0, 0, 9], limit: 7).lengths == [1, 0, 1])
    #expect(PrefixCode(counts: [0, 0, 0], limit: 7).lengths == [1, 1, 0])
  }
}
