/// A tensor's values as a quantizer fixed them: what the file will decode to, exactly.
///
/// Encodings are lossless over these; see `formats/tlcq.md` §Encodings.
public protocol TensorValues: Sendable {
  /// The dimensions of the decoded tensor.
  var shape: Shape { get }
  /// The type of the decoded elements.
  var dtype: DType { get }
  /// The decoded tensor.
  func decoded() -> Tensor
}

extension Tensor: TensorValues {
  public func decoded() -> Tensor { self }
}
