internal import TLCCore

/// What the values of one run may take in memory.
public enum RunMemory {
  /// 16 GiB: a graph of a few bytes can ask for any number.
  public static let greatestByteCount = 16 << 30

  /// Requires that values whose shapes are known take no more.
  ///
  /// - Throws: ``GraphError`` with the bytes that they would take.
  public static func require(_ types: some Sequence<ValueType>) throws(GraphError) {
    var total = 0
    for type in types {
      guard let shape = type.shape else { continue }
      // Each is below 2⁵⁶, so that no sum of two overflows.
      total += shape.count * type.dtype.byteCount
      guard total <= greatestByteCount else {
        throw .malformed(
          "the values of a run take more than \(greatestByteCount) bytes, which is not allowed")
      }
    }
  }
}
