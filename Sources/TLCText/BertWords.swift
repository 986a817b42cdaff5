/// The words of a text as BERT divides it: at white space, which is dropped, and round each sign of
/// punctuation.
struct BertWords {
  private enum Kind: UInt8 { case part, space, punctuation }

  private static let ascii: [Kind] = (0..<0x80).map { value in
    let scalar = Unicode.Scalar(UInt8(value))
    return scalar.properties.isWhitespace ? .space : scalar.isBERTPunctuation ? .punctuation : .part
  }

  /// Calls `body` with the bytes of each word and the number of its scalars.
  static func forEach(in text: [UInt8], _ range: Range<Int>, _ body: (Range<Int>, Int) -> Void) {
    let ascii = Self.ascii
    var start = range.lowerBound
    var scalarCount = 0
    var i = start
    while i < range.upperBound {
      let byte = text[i]
      let kind: Kind
      let byteCount: Int
      if byte < 0x80 {
        kind = ascii[Int(byte)]
        byteCount = 1
      } else {
        let (scalar, count) = text.scalar(at: i)
        kind =
          scalar.isBERTPunctuation
          ? .punctuation : scalar.properties.isWhitespace ? .space : .part
        byteCount = count
      }
      if kind == .part {
        scalarCount += 1
      } else {
        if start < i { body(start..<i, scalarCount) }
        if kind == .punctuation { body(i..<i + byteCount, 1) }
        start = i + byteCount
        scalarCount = 0
      }
      i += byteCount
    }
    if start < i { body(start..<i, scalarCount) }
  }
}
