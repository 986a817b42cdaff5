public import TLCCore

/// A tensor in a ``Storage``: what operators read and write.
public struct TensorView: Sendable {
  /// The type of the elements.
  public let dtype: DType
  /// The dimensions.
  public let shape: Shape
  /// The memory that the elements are in.
  public let storage: Storage
  /// Where the elements start in the storage, in bytes.
  public let byteOffset: Int

  /// A tensor in memory that is there already.
  ///
  /// - Precondition: the elements lie within the storage.
  public init(dtype: DType, shape: Shape, storage: Storage, byteOffset: Int = 0) {
    precondition(
      byteOffset >= 0 && byteOffset + shape.count * dtype.byteCount <= storage.byteCount,
      "\(dtype) \(shape) at byte \(byteOffset) of \(storage.byteCount)")
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
    self.byteOffset = byteOffset
  }

  /// A copy of a tensor in a storage of its own.
  public init(_ tensor: Tensor) {
    self.init(dtype: tensor.dtype, shape: tensor.shape, storage: Storage(tensor))
  }

  /// A tensor's own elements, without a copy, to be read alone.
  public init(sharing tensor: Tensor) {
    self.init(dtype: tensor.dtype, shape: tensor.shape, storage: Storage(sharing: tensor))
  }

  /// A tensor of zeros in a storage of its own.
  public init(zeros dtype: DType, _ shape: Shape) {
    self.init(
      dtype: dtype, shape: shape, storage: Storage(byteCount: shape.count * dtype.byteCount))
  }

  /// The bytes of the elements.
  public var byteCount: Int { shape.count * dtype.byteCount }

  /// The elements as they are.
  ///
  /// - Precondition: `Element` is the memory of this tensor's ``dtype``.
  public func elements<Element: TensorElement>(of _: Element.Type) -> Elements<Element> {
    precondition(dtype.elementType == Element.self, "\(Element.self) elements of \(dtype)")
    return Elements(storage, byteOffset: byteOffset, count: shape.count)
  }

  /// The bytes of the elements, little-endian.
  public var bytes: Elements<UInt8> {
    Elements(storage, byteOffset: byteOffset, count: byteCount)
  }

  /// The elements as plain words, for moving them about.
  ///
  /// - Precondition: `Word` has as many bytes as an element.
  public func words<Word: TensorElement>(of _: Word.Type) -> Elements<Word> {
    precondition(MemoryLayout<Word>.size == dtype.byteCount, "\(Word.self) words of \(dtype)")
    return Elements(storage, byteOffset: byteOffset, count: shape.count)
  }

  /// The same memory, seen with another shape.
  ///
  /// - Precondition: it has as many elements.
  public func reshaped(_ shape: Shape) -> TensorView {
    precondition(shape.count == self.shape.count, "\(self.shape) as \(shape)")
    return TensorView(dtype: dtype, shape: shape, storage: storage, byteOffset: byteOffset)
  }

  /// Sets the elements to those of a tensor.
  ///
  /// - Precondition: it has this type and shape.
  public func set(_ tensor: Tensor) {
    precondition(tensor.dtype == dtype && tensor.shape == shape, "\(tensor.shape) for \(shape)")
    bytes.copy(byteCount, from: TensorView(sharing: tensor).bytes, at: 0, to: 0)
  }

  /// A copy of the elements.
  public func tensor() -> Tensor {
    let bytes = bytes
    return Tensor(
      dtype: dtype, shape: shape,
      bytes: [UInt8](unsafeUninitializedCount: bytes.count) { span in
        for i in bytes.indices { span[i] = bytes[i] }
      })
  }
}
