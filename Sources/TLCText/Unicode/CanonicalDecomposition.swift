/// Canonical decomposition and ordering as of Unicode 9.0, of single scalars.
///
/// The standard library has no public normalization, and has another version of Unicode with each
/// release; tokenizers are trained with one, and stay with it.
struct CanonicalDecomposition: Sendable {
  private let pairs: [UInt32: (first: UInt32, second: UInt32)]

  /// The decompositions of ``table``.
  static let unicode9 = CanonicalDecomposition(reading: table)

  private init(reading table: String) {
    var digits = TableDigits(table)
    let secondCount = digits.number()
    let pairCount = digits.number()
    var seconds: [UInt32] = [0]
    for _ in 0..<secondCount { seconds.append((seconds.last ?? 0) &+ digits.number()) }
    var pairs: [UInt32: (first: UInt32, second: UInt32)] = [:]
    pairs.reserveCapacity(Int(pairCount))
    var scalar: UInt32 = 0
    var first: UInt32 = 0
    for _ in 0..<pairCount {
      scalar &+= digits.number()
      let distance = digits.number()
      first = distance % 2 == 0 ? first &+ distance / 2 : first &- (distance / 2 + 1)
      pairs[scalar] = (first, seconds[Int(digits.number())])
    }
    self.pairs = pairs
  }

  /// Calls `body` with each scalar of the full decomposition of `scalar`, in their order.
  func forEachPart(of scalar: Unicode.Scalar, _ body: (Unicode.Scalar) -> Void) {
    if (0xAC00..<0xD7A4).contains(scalar.value) {
      let syllable = scalar.value - 0xAC00
      call(0x1100 + syllable / 588, body)
      call(0x1161 + syllable % 588 / 28, body)
      if syllable % 28 > 0 { call(0x11A7 + syllable % 28, body) }
    } else if let pair = pairs[scalar.value], let first = Unicode.Scalar(pair.first) {
      forEachPart(of: first, body)
      if pair.second > 0 { call(pair.second, body) }
    } else {
      body(scalar)
    }
  }

  private func call(_ value: UInt32, _ body: (Unicode.Scalar) -> Void) {
    if let scalar = Unicode.Scalar(value) { body(scalar) }
  }
}

/// Reads the numbers of ``CanonicalDecomposition/table``.
private struct TableDigits {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = text[...].utf8 }

  mutating func number() -> UInt32 {
    var number: UInt32 = 0
    var shift: UInt32 = 0
    while let digit = rest.popFirst() {
      let value: UInt32 =
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        default: digit == UInt8(ascii: "+") ? 62 : 63
        }
      number |= (value % 32) << shift
      shift += 5
      if value < 32 { break }
    }
    return number
  }
}
