extension SIMD8 where Scalar == Float {
  /// The same numbers as integers, without the checks of a conversion of each.
  ///
  /// Where a number is no integer below 2²² in magnitude, the result is some integer.
  @inlinable public var smallIntegers: SIMD8<Int32> {
    // 1.5 · 2²³: what is added to it stands in the low bits of the sum.
    let sums = self + Self(repeating: 12_582_912)
    // SAFETY: both are eight scalars of 32 bits, of which every bit pattern is one.
    return unsafe unsafeBitCast(sums, to: SIMD8<Int32>.self) &- 0x4B40_0000
  }
}
