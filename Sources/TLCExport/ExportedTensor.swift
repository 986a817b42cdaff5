public import TLCCore

/// A tensor that is to be exported, read when its turn comes.
public struct ExportedTensor: Sendable {
  /// The name that it is exported under.
  public var name: String
  /// The type of its elements.
  public var dtype: DType
  /// The shape that it is exported in.
  public var shape: Shape
  private let read: @Sendable () throws -> Tensor

  /// Creates a tensor whose values are read later.
  ///
  /// - Parameters:
  ///   - name: the name that it is exported under.
  ///   - dtype: the type of its elements.
  ///   - shape: the shape that it is exported in.
  ///   - read: reads the values, of this type and shape.
  public init(
    name: String, dtype: DType, shape: Shape, read: @escaping @Sendable () throws -> Tensor
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.read = read
  }

  /// Reads the values.
  ///
  /// - Precondition: they are of ``dtype`` and ``shape``.
  public func load() throws -> Tensor {
    let tensor = try read()
    precondition(
      tensor.dtype == dtype && tensor.shape == shape,
      "tensor \(name) is \(tensor.dtype) \(tensor.shape), and was to be \(dtype) \(shape)")
    return tensor
  }

  var byteCount: Int { shape.count * dtype.byteCount }
}

extension [ExportedTensor] {
  /// Requires that no two tensors have one name, by UTF-8 bytes.
  func requireUniqueNames() throws(ExportError) {
    let names = map { $0.name }.sorted { $0.precedesInUTF8($1) }
    for (first, second) in zip(names, names.dropFirst()) where first.equalsInUTF8(second) {
      throw .name(first, "two tensors have this name")
    }
  }
}
