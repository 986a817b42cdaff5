import TLCCore
import TLCTestSupport

/// The lines of `fixtures/text/lines.py`, made by the same rules.
struct VariedLines {
  private static let spaces = [
    " ", " ", " ", " ", "", "  ", "\t", "\n", "\r\n", " \n", "\u{A0}", "\u{3000}", "\u{2028}",
    "\u{85}", "\u{1680}", "\u{200B}",
  ]
  private let words: [String]

  init() throws {
    words = try Fixtures.bytes("text/words.txt").split(separator: 0x0A)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  func line(_ number: Int) -> String {
    var random = SplitMix64(seed: UInt64(number))
    var line = String.UnicodeScalarView()
    for _ in 0...random.below(12) {
      if random.below(2) == 0 {
        line.append(contentsOf: words[random.below(words.count)].unicodeScalars)
      } else {
        for _ in 0...random.below(3) { line.append(random.scalar()) }
      }
      line.append(contentsOf: Self.spaces[random.below(Self.spaces.count)].unicodeScalars)
    }
    return String(line)
  }
}

extension SplitMix64 {
  fileprivate mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  fileprivate mutating func scalar() -> Unicode.Scalar {
    let value =
      switch below(20) {
      case 0..<2: below(0x80)
      case 2..<10: below(0x3000)
      case 10..<15: below(0x10000)
      case 15..<18: 0x10000 + below(0x10000)
      default: below(0x110000)
      }
    return Unicode.Scalar(UInt32(value)) ?? "\u{FFFD}"
  }
}
