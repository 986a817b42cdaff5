/// Indices into a table of values: element `i` is entries[codeᵢ].
///
/// Specified in `formats/values/codebook.md`.
public struct CodebookValues: TensorValues, Equatable {
  /// The most entries that a codebook may have.
  public static let maximumEntryCount = 65_536

  /// The dimensions of the decoded tensor.
  public let shape: Shape
  /// The values, shape `[count]`, of the tensor's type; 1 to ``maximumEntryCount`` of them.
  public let entries: Tensor
  /// One index into ``entries`` an element, row-major.
  public let codes: [UInt16]

  public var dtype: DType { entries.dtype }

  /// - Precondition: there is a code an element, and each is an index of an entry.
  public init(shape: Shape, entries: Tensor, codes: [UInt16]) {
    precondition(entries.shape.rank == 1, "entries of shape \(entries.shape)")
    precondition(
      (1...Self.maximumEntryCount).contains(entries.shape.count), "\(entries.shape.count) entries")
    precondition(codes.count == shape.count, "\(codes.count) codes for shape \(shape)")
    self.shape = shape
    self.entries = entries
    self.codes = codes
  }

  public func decoded() -> Tensor {
    let size = dtype.byteCount
    var bytes: [UInt8] = []
    bytes.reserveCapacity(codes.count * size)
    for code in codes {
      let start = Int(code) * size
      bytes.append(contentsOf: entries.bytes[start..<start + size])
    }
    return Tensor(dtype: dtype, shape: shape, bytes: bytes)
  }
}
