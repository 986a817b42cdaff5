extension Span where Element == Float {
  /// Four neighbouring elements, from `index` on.
  ///
  /// - Precondition: all four are in the span.
  @inlinable public func vector(at index: Int) -> SIMD4<Float> {
    precondition(index >= 0 && index <= count - 4, "elements from \(index) on")
    // SAFETY: the four elements are in the span, and its memory need not be aligned for this.
    return unsafe withUnsafeBytes { bytes in
      unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: SIMD4<Float>.self)
    }
  }
}
