/// The definition of products with activations as bytes: `formats/products.md`.
public enum IntegerProduct {
  /// The scale of a row and its codes, −127…127.
  public static func quantize(_ row: [Float]) -> (scale: Float, codes: [Int8]) {
    let none = [Int8](repeating: 0, count: row.count)
    guard row.allSatisfy(\.isFinite) else { return (FloatFunctions.nan, none) }
    let scale = row.reduce(0) { max($0, abs($1)) } / 127
    guard scale >= .leastNormalMagnitude else { return (0, none) }
    let inverse = 1 / scale
    return (scale, row.map { Int8(($0 * inverse).rounded(.toNearestOrEven)) })
  }

  /// One element of the product.
  ///
  /// - Parameters:
  ///   - sum: the sum of the products of codes.
  ///   - scale: that of the row.
  ///   - step: that of the column.
  ///   - bias: is added to the rounded product; `nil` is as 0.
  public static func element(sum: Int32, scale: Float, step: Float, bias: Float?) -> Float {
    FloatFunctions.canonical(Float(sum) * (scale * step) + (bias ?? 0) + 0)
  }
}
