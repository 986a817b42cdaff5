/// The definition of products of activations as they are with codes: `formats/products.md`.
public enum CodeProduct {
  /// One element.
  ///
  /// - Parameters:
  ///   - count: the number of terms.
  ///   - left: the activation of a term.
  ///   - code: the code of a term.
  ///   - group: how many terms share a step, at least 1.
  ///   - step: the step of a group.
  ///   - bias: is added last; `nil` is as 0.
  public static func element(
    _ count: Int, _ left: (Int) -> Float, _ code: (Int) -> Int8, group: Int,
    step: (Int) -> Float, bias: Float?
  ) -> Float {
    var total: Float = 0
    for start in stride(from: 0, to: count, by: group) {
      var sum: Float = 0
      for k in start..<min(start + group, count) {
        sum = sum.addingProduct(left(k), Float(code(k)))
      }
      total = total.addingProduct(sum, step(start / group))
    }
    return FloatFunctions.canonical(total + ((bias ?? 0) + 0))
  }
}
