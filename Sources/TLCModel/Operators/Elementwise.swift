internal import TLCCore
internal import TLCKernels

/// Loops over elements that operators share.
enum Elementwise {
  /// Sets `out` to `body` of the elements of `a` and `b`, broadcast.
  @inline(__always)
  static func binary<A: TensorElement, Out: TensorElement>(
    _ a: TensorView, _ b: TensorView, _ out: TensorView, _: A.Type, _: Out.Type,
    _ body: (A, A) -> Out
  ) {
    let (x, y) = (a.elements(of: A.self), b.elements(of: A.self))
    let z = out.elements(of: Out.self)
    let xs = Broadcasting.strides(of: a.shape, in: out.shape)
    let ys = Broadcasting.strides(of: b.shape, in: out.shape)
    let (xStep, yStep) = (xs.last ?? 0, ys.last ?? 0)
    let length = out.shape.dimensions.last ?? 1
    Broadcasting.forEachLine(of: out.shape, sources: [xs, ys]) { start, places in
      Lines.map(
        length, x, from: places[0], step: xStep, y, from: places[1], step: yStep, into: z,
        at: start, body)
    }
  }

  /// Sets `out` to `body` of the elements of `a`, which has the same shape.
  @inline(__always)
  static func unary<A: TensorElement, Out: TensorElement>(
    _ a: TensorView, _ out: TensorView, _: A.Type, _: Out.Type, _ body: (A) -> Out
  ) {
    let x = a.elements(of: A.self)
    let z = out.elements(of: Out.self)
    Lines.map(z.count, x, from: 0, into: z, at: 0, body)
  }
}
