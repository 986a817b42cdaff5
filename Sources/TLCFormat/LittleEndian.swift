extension [UInt8] {
  /// Appends an integer's bytes, the least significant first.
  mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
    var rest = number
    for _ in 0..<(Number.bitWidth / 8) {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// The integer whose bytes start at `offset`.
  ///
  /// - Precondition: they are there.
  func littleEndian<Number: FixedWidthInteger>(at offset: Int) -> Number {
    var number: Number = 0
    for i in 0..<(Number.bitWidth / 8) { number |= Number(self[offset + i]) << (8 * i) }
    return number
  }
}
