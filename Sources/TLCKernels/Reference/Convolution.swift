/// The definition of convolutions: `formats/graph.md` §Numbers.
public enum Convolution {
  /// One element: a chain of fused multiply-adds, from +0, over input channels and then kernel
  /// positions in row-major order; beyond the input there is +0.
  ///
  /// - Parameters:
  ///   - index: the number of the window in row-major order.
  ///   - window: where windows are on the input.
  ///   - channelCount: the input channels of a group.
  ///   - x: an input element by channel and place.
  ///   - weight: a weight by channel and kernel position.
  public static func element(
    _ index: Int, _ window: Window, channelCount: Int, _ x: (_ channel: Int, _ place: Int) -> Float,
    _ weight: (_ channel: Int, _ position: Int) -> Float
  ) -> Float {
    let count = window.kernelCount
    return MatrixProduct.element(channelCount * count) { k in
      window.place(index, k % count).map { x(k / count, $0) } ?? 0
    } _: { k in
      weight(k / count, k % count)
    }
  }
}
