/// Well-formed UTF-8 as an array of bytes.
extension [UInt8] {
  /// The scalar that starts at an offset, and its length in bytes.
  ///
  /// - Precondition: a scalar starts at `offset`.
  func scalar(at offset: Int) -> (scalar: Unicode.Scalar, byteCount: Int) {
    let lead = self[offset]
    let byteCount = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    var value = byteCount == 1 ? UInt32(lead) : UInt32(lead) & 0x7F >> UInt32(byteCount)
    for i in 1..<Swift.max(byteCount, 1) { value = value << 6 | UInt32(self[offset + i] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", byteCount)
  }

  /// The scalar that ends before an offset, and its length in bytes.
  ///
  /// - Precondition: a scalar ends there.
  func scalar(before offset: Int) -> (scalar: Unicode.Scalar, byteCount: Int) {
    var start = offset - 1
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(at: start)
  }

  mutating func append(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      append(UInt8(truncatingIfNeeded: scalar.value))
    } else {
      append(contentsOf: scalar.utf8)
    }
  }
}
