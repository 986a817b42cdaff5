/// Reads a bit stream: `formats/README.md` §Conventions.
struct BitReader {
  private let bytes: [UInt8]
  private let end: Int
  /// The byte that is taken next.
  private var next: Int
  private var pending: UInt64 = 0
  private var pendingCount = 0

  /// - Precondition: `range` is within `bytes`.
  init(_ bytes: [UInt8], in range: Range<Int>) {
    precondition(range.upperBound <= bytes.count, "bytes \(range) of \(bytes.count)")
    self.bytes = bytes
    end = range.upperBound
    next = range.lowerBound
  }

  /// Reads `count` bits, or returns `nil` where fewer are left.
  ///
  /// - Precondition: `count` is in 0...32.
  mutating func read(count: Int) -> UInt32? {
    while pendingCount < count {
      guard next < end else { return nil }
      pending |= UInt64(bytes[next]) << UInt64(pendingCount)
      next += 1
      pendingCount += 8
    }
    let bits = UInt32(truncatingIfNeeded: pending & ((1 << UInt64(count)) - 1))
    pending >>= UInt64(count)
    pendingCount -= count
    return bits
  }

  /// Ends the stream: the offset of the byte behind it, or `nil` where its last bits are not 0.
  func finish() -> Int? { pending == 0 && pendingCount < 8 ? next : nil }
}
