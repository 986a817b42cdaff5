import TLCCore
import TLCSystem
import Testing

@testable import TLCText

/// What every scalar is taken for, against the `tokenizers` library.
@Suite struct ScalarClassTests {
  /// The scalars of all planes that have any but for private use.
  private static let scalars = [0..<0xD800, 0xE000..<0x40000, 0xE0000..<0xF0000].joined()
    .compactMap { Unicode.Scalar(UInt32($0)) }

  @Test(arguments: [
    "droppedByBERT", "bertPunctuation", "bertChinese", "nonspacingMark", "letter", "number",
    "word",
  ])
  func `takes every scalar for what the reference does`(name: String) throws {
    let predicates: [String: (Unicode.Scalar) -> Bool] = [
      "droppedByBERT": \.isDroppedByBERT, "bertPunctuation": \.isBERTPunctuation,
      "bertChinese": \.isBERTChinese, "nonspacingMark": \.isNonspacingMark,
      "letter": \.isLetter, "number": \.isNumber, "word": \.isWord,
    ]
    let holds = try #require(predicates[name])
    var ranges: [ClosedRange<UInt32>] = []
    for scalar in Self.scalars where holds(scalar) {
      if let last = ranges.last, last.upperBound + 1 == scalar.value {
        ranges[ranges.count - 1] = last.lowerBound...scalar.value
      } else {
        ranges.append(scalar.value...scalar.value)
      }
    }
    let expected = try TextFixture.json("classes.json")[name]?.text?.split(separator: " ").map {
      let ends = $0.split(separator: "-").compactMap { UInt32($0, radix: 16) }
      return ends[0]...(ends.last ?? ends[0])
    }
    #expect(ranges == expected)
  }

  /// Each scalar between two marks that are not dropped, and out of order unless it is no mark.
  @Test func `normalizes every scalar as the reference does`() throws {
    let normalizer = BertNormalizer(
      cleansText: true, separatesChinese: true, stripsAccents: true, lowersCase: true)
    let expected = try TextFixture.json("classes.json")["normalized"]?.elements?.map(\.text)
    var digests: [Digest] = []
    var bytes: [UInt8] = []
    for scalar in Self.scalars {
      if scalar.value % 0x1000 == 0, scalar.value > 0 {
        digests.append(Digest(of: bytes.span))
        bytes.removeAll(keepingCapacity: true)
      }
      let text = Array("a\u{302E}\(scalar)\u{1D165}\u{301}b\n".utf8)
      bytes += normalizer.normalize(text, 0..<text.count)
    }
    digests.append(Digest(of: bytes.span))
    #expect(digests.map(\.hex) == expected)
  }
}
