/// A 16-bit floating-point number with the exponent range of `Float`: its upper half.
public struct BFloat16: Equatable, BitwiseCopyable, Sendable {
  /// The sixteen bits.
  public var bitPattern: UInt16

  /// Creates a value from its sixteen bits.
  @inlinable public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// Rounds to nearest, ties to even; a NaN stays a NaN and keeps its sign and upper payload bits.
  @inlinable public init(_ value: Float) {
    let bits = value.bitPattern
    guard !value.isNaN else {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
      return
    }
    let roundingBias = 0x7FFF + (bits >> 16 & 1)
    bitPattern = UInt16(truncatingIfNeeded: (bits + roundingBias) >> 16)
  }
}

extension Float {
  /// The same value, exactly.
  @inlinable public init(_ value: BFloat16) {
    self.init(bitPattern: UInt32(value.bitPattern) << 16)
  }
}
