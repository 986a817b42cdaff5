internal import TLCCore
internal import TLCKernels

/// A tensor as contiguous rows of float32 along an axis: its own memory where that is what it is,
/// else a copy.
struct FloatRows {
  let elements: Elements<Float>
  /// The elements of a row.
  let length: Int
  /// The number of rows.
  let count: Int
  private let axis: Int
  /// Whether the elements are the tensor's own.
  private let isShared: Bool

  /// - Parameter reading: whether the elements are wanted; else they are to be written, and then
  ///   ``write(to:)`` the tensor.
  /// - Precondition: the tensor is `f32`, `f16` or `bf16`, and has the axis.
  init(_ view: TensorView, axis: Int, reading: Bool) {
    let shape = view.shape
    self.axis = axis
    length = shape.dimensions[axis]
    count = length == 0 ? 0 : shape.count / length
    isShared = view.dtype == .f32 && axis == shape.rank - 1
    if isShared {
      elements = view.elements(of: Float.self)
    } else {
      elements = TensorView(zeros: .f32, shape).elements(of: Float.self)
      if reading { copy(from: view) }
    }
  }

  /// Calls `body` with the place of each element in the rows and in the tensor.
  private func forEachPlace(in shape: Shape, _ body: (_ row: Int, _ tensor: Int) -> Void) {
    let inner = shape.stride(of: axis)
    for row in 0..<count {
      let first = row / inner * inner * length + row % inner
      for i in 0..<length { body(row * length + i, first + i * inner) }
    }
  }

  private func copy(from view: TensorView) {
    func copy<Element: FloatingTensorElement>(_: Element.Type) {
      let source = view.elements(of: Element.self)
      forEachPlace(in: view.shape) { elements[$0] = source[$1].float }
    }
    switch view.dtype {
    case .f16: copy(Float16.self)
    case .bf16: copy(BFloat16.self)
    default: copy(Float.self)
    }
  }

  /// Puts the elements into the tensor that they are of, rounded to its type.
  func write(to view: TensorView) {
    guard !isShared else { return }
    func copy<Element: FloatingTensorElement>(_: Element.Type) {
      let target = view.elements(of: Element.self)
      forEachPlace(in: view.shape) { target[$1] = Element(rounding: elements[$0]) }
    }
    switch view.dtype {
    case .f16: copy(Float16.self)
    case .bf16: copy(BFloat16.self)
    default: copy(Float.self)
    }
  }
}

extension ValueType {
  /// Requires a type whose functions are computed as float32.
  func requireComputedAsFloat() throws(OperatorError) {
    guard [.f32, .f16, .bf16].contains(dtype) else {
      throw OperatorError("its input is \(dtype), not f32, f16 or bf16")
    }
  }
}

extension TensorView {
  /// The elements as float32, broadcast to a shape.
  ///
  /// - Precondition: it is `f32`, `f16` or `bf16`, and broadcasts to the shape.
  func floats(broadcastTo shape: Shape) -> Elements<Float> {
    let wide = widened
    guard wide.shape != shape else { return wide.elements(of: Float.self) }
    let whole = TensorView(zeros: .f32, shape)
    Movement.gather(
      wide, strides: Broadcasting.strides(of: wide.shape, in: shape), into: whole)
    return whole.elements(of: Float.self)
  }
}
