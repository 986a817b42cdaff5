/// The definition of matrix products.
public enum MatrixProduct {
  /// One element: a chain of fused multiply-adds, from +0, in order. Where it ends at a zero the
  /// result is +0, and where at a NaN ``FloatFunctions/nan``.
  ///
  /// - Parameters:
  ///   - count: the number of terms.
  ///   - left: the first factor of a term.
  ///   - right: the second factor of a term.
  @inline(__always)
  public static func element(
    _ count: Int, _ left: (Int) -> Float, _ right: (Int) -> Float
  ) -> Float {
    var sum: Float = 0
    for k in 0..<count { sum = sum.addingProduct(left(k), right(k)) }
    return FloatFunctions.canonical(sum + 0)
  }
}
