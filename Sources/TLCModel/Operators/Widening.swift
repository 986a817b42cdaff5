internal import TLCCore
internal import TLCKernels

/// `f16` and `bf16` are computed as `f32`, and rounded at the end of an operator.
enum Widening {
  /// Calls `body` with what is `f16` or `bf16` as `f32`: inputs as copies, outputs as memory that is
  /// rounded to them in the end.
  static func run(
    _ inputs: [TensorView?], into outputs: [TensorView?],
    _ body: (_ inputs: [TensorView?], _ outputs: [TensorView?]) throws(OperatorError) -> Void
  ) throws(OperatorError) {
    let wide = outputs.map { view in
      view.map { $0.dtype.isHalf ? TensorView(zeros: .f32, $0.shape) : $0 }
    }
    try body(inputs.map { $0?.widened }, wide)
    for (view, wide) in zip(outputs, wide) {
      if let view, let wide, view.dtype.isHalf { view.round(wide) }
    }
  }
}

extension DType {
  /// Whether it has 16 bits, and is computed as `f32`.
  var isHalf: Bool { self == .f16 || self == .bf16 }
}

extension TensorView {
  /// Itself, or a copy in `f32` of what is `f16` or `bf16`.
  var widened: TensorView {
    guard dtype.isHalf else { return self }
    let wide = TensorView(zeros: .f32, shape)
    let target = wide.elements(of: Float.self)
    func copy<Element: FloatingTensorElement>(_: Element.Type) {
      Lines.map(shape.count, elements(of: Element.self), from: 0, into: target, at: 0) { $0.float }
    }
    dtype == .f16 ? copy(Float16.self) : copy(BFloat16.self)
    return wide
  }

  /// Sets the elements to those of an `f32` tensor, rounded to nearest even.
  func round(_ wide: TensorView) {
    let source = wide.elements(of: Float.self)
    func copy<Element: FloatingTensorElement>(_: Element.Type) {
      let target = elements(of: Element.self)
      Lines.map(shape.count, source, from: 0, into: target, at: 0) { Element(rounding: $0) }
    }
    dtype == .f16 ? copy(Float16.self) : copy(BFloat16.self)
  }
}
