public import TLCCompress
public import TLCCore
public import TLCFormat
public import TLCSystem

/// What a tensor takes and loses with a quantizer: a pure function of what it is given, the same for
/// any number of threads.
public struct MatrixTrial: Sendable {
  /// The values that the file would decode to.
  public let values: any TensorValues
  /// The bytes of the tensor's planes.
  public let byteCount: Int
  /// The distance of the values from the tensor.
  public let certificate: Certificate
  /// What outputs lose on the inputs of calibration; `nil` where they are not known.
  public let outputError: TensorCalibration.OutputError?

  /// Quantizes and encodes a tensor.
  ///
  /// - Parameters:
  ///   - tensor: the tensor.
  ///   - quantizer: what fixes its values.
  ///   - calibration: what calibration found of it.
  ///   - parallelism: how many threads it may take.
  /// - Throws: `CompressionError`, as the quantizer does.
  public init(
    _ tensor: Tensor, _ quantizer: any Quantizer, calibration: TensorCalibration? = nil,
    parallelism: Parallelism = .automatic
  ) throws(CompressionError) {
    values = try quantizer.quantize(tensor, calibration: calibration, parallelism: parallelism)
    let encoded = TensorEncoder(parallelism: parallelism).encode(
      values, name: "w", source: tensor, origin: nil)
    byteCount = encoded.storedByteCount
    certificate = encoded.certificate
    outputError = calibration?.outputError(
      of: tensor, decoded: values.decoded(), parallelism: parallelism)
  }
}
