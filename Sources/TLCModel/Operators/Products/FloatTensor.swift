internal import TLCCore
internal import TLCKernels

/// A tensor that is computed as float32: its own elements where that is what they are, else a copy.
struct FloatTensor {
  let elements: Elements<Float>
  private let view: TensorView

  /// - Precondition: the tensor is `f32`, `f16` or `bf16`.
  init(reading view: TensorView, _ scratch: inout Scratch) {
    self.init(writing: view, &scratch)
    switch view.dtype {
    case .f16: read(Float16.self)
    case .bf16: read(BFloat16.self)
    default: break
    }
  }

  /// A tensor whose elements are to be set, and then rounded by ``finish()``.
  ///
  /// - Precondition: the tensor is `f32`, `f16` or `bf16`.
  init(writing view: TensorView, _ scratch: inout Scratch) {
    self.view = view
    elements =
      view.dtype == .f32 ? view.elements(of: Float.self) : scratch.floats(view.shape.count)
  }

  /// Rounds the elements to the tensor's type.
  func finish() {
    switch view.dtype {
    case .f16: write(Float16.self)
    case .bf16: write(BFloat16.self)
    default: break
    }
  }

  private func read<Element: FloatingTensorElement>(_: Element.Type) {
    Lines.map(
      elements.count, view.elements(of: Element.self), from: 0, into: elements, at: 0
    ) { $0.float }
  }

  private func write<Element: FloatingTensorElement>(_: Element.Type) {
    Lines.map(
      elements.count, elements, from: 0, into: view.elements(of: Element.self), at: 0
    ) { Element(rounding: $0) }
  }

  /// The elements of the copies that tensors need.
  static func copiedCount(_ types: [TensorType?]) -> [Int] {
    types.map { type in
      guard let type, type.dtype == .f16 || type.dtype == .bf16 else { return 0 }
      return type.shape.count
    }
  }
}
