/// The words of a text as GPT-2 divides it (Radford et al., 2019), with nothing dropped:
///
///     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
struct GPT2Words {
  private enum Kind: UInt8 { case letter, number, space, sign }

  private static let ascii: [Kind] = (0..<0x80).map { kind(of: Unicode.Scalar(UInt8($0))) }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    scalar.isLetter
      ? .letter
      : scalar.isNumber ? .number : scalar.properties.isWhitespace ? .space : .sign
  }

  private let text: [UInt8]
  private let end: Int
  private let ascii = Self.ascii

  /// The words of the text from an offset to the end.
  private init(_ text: [UInt8], end: Int) {
    self.text = text
    self.end = end
  }

  /// Calls `body` with the bytes of each word.
  static func forEach(in text: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
    let words = GPT2Words(text, end: range.upperBound)
    var start = range.lowerBound
    while start < range.upperBound {
      let stop = words.endOfWord(from: start)
      body(start..<stop)
      start = stop
    }
  }

  private func kind(at offset: Int) -> (kind: Kind, byteCount: Int) {
    let byte = text[offset]
    if byte < 0x80 { return (ascii[Int(byte)], 1) }
    let (scalar, byteCount) = text.scalar(at: offset)
    return (Self.kind(of: scalar), byteCount)
  }

  private func endOfWord(from start: Int) -> Int {
    if text[start] == UInt8(ascii: "'"), let end = endOfContraction(from: start) { return end }
    var (kind, byteCount) = kind(at: start)
    if kind == .space {
      let next = start + 1
      guard text[start] == 0x20, next < end else { return endOfSpace(from: start) }
      (kind, byteCount) = self.kind(at: next)
      if kind == .space { return endOfSpace(from: start) }
      return endOfRun(of: kind, from: next + byteCount)
    }
    return endOfRun(of: kind, from: start + byteCount)
  }

  private func endOfContraction(from start: Int) -> Int? {
    guard start + 1 < end else { return nil }
    let following = start + 2 < end ? text[start + 2] : 0
    switch (text[start + 1], following) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return start + 2
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }

  private func endOfRun(of kind: Kind, from start: Int) -> Int {
    var i = start
    while i < end {
      let (next, byteCount) = self.kind(at: i)
      if next != kind { break }
      i += byteCount
    }
    return i
  }

  /// The end of white space; where a word follows, its last scalar is left to that, unless it is the
  /// only one.
  private func endOfSpace(from start: Int) -> Int {
    var last = start
    var i = start
    while i < end {
      let (kind, byteCount) = kind(at: i)
      if kind != .space { return last > start ? last : i }
      last = i
      i += byteCount
    }
    return i
  }
}
