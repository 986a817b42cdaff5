public import TLCCore
public import TLCFormat

/// A row of the table that people read: what a tensor is, how it is stored, and what that cost.
public struct TensorSummary: Equatable, Sendable {
  /// The name of the tensor or alias.
  public var name: String
  /// The type of the decoded elements.
  public var dtype: DType
  /// The dimensions of the decoded tensor.
  public var shape: Shape
  /// The encoding in short, or `= NAME` for an alias.
  public var encoding: String
  /// The stored bytes of all planes, without padding; 0 for an alias.
  public var storedByteCount: Int
  /// The bytes of the elements as they are; 0 for an alias.
  public var denseByteCount: Int
  /// `nil` for an alias.
  public var certificate: Certificate?

  /// Stored bits for each element, 0 where there are none.
  public var bitsPerElement: Double {
    shape.count == 0 ? 0 : Double(storedByteCount * 8) / Double(shape.count)
  }

  /// The share of elements that are 0.
  public var sparsity: Double {
    guard let certificate, shape.count > 0 else { return 0 }
    return 1 - Double(certificate.nonZeroCount) / Double(shape.count)
  }
}

extension TensorSummary {
  /// What a manifest says of a tensor.
  init(_ record: TensorRecord, in file: CheckpointReader) {
    name = record.name
    dtype = record.dtype
    shape = record.shape
    switch record.content {
    case .alias(let target):
      encoding = "= \(target)"
      storedByteCount = 0
      denseByteCount = 0
      certificate = nil
    case .stored(let stored):
      encoding = stored.summary
      storedByteCount = stored.planes.reduce(0) { $0 + file.planes[$1].bytes.count }
      denseByteCount = record.decodedByteCount
      certificate = stored.certificate
    }
  }

  /// A tensor that is about to be written.
  init(_ tensor: EncodedTensor) {
    name = tensor.name
    dtype = tensor.dtype
    shape = tensor.shape
    encoding = tensor.summary
    storedByteCount = tensor.storedByteCount
    denseByteCount = tensor.shape.count * tensor.dtype.byteCount
    certificate = tensor.certificate
  }

  /// An alias that is about to be written.
  init(_ alias: AliasRecord) {
    name = alias.name
    dtype = alias.dtype
    shape = alias.shape
    encoding = "= \(alias.target)"
    storedByteCount = 0
    denseByteCount = 0
    certificate = nil
  }
}

extension Checkpoint {
  /// A row for each tensor and alias, in order of name.
  public var summaries: [TensorSummary] {
    tensors.indices.map { TensorSummary(tensors[$0], in: file(ofTensorAt: $0)) }
  }
}
