/// The definition of products of activations as they are with codes: `formats/products.md`.
public enum CodeProduct {
  /// One element.
  ///
  /// - Parameters:
  ///   - count: the terms; `left` gives each its activation, and `code` its code.
  ///   - group: how many terms share a step.
  ///   - step: the step of a group.
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
