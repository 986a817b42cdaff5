public import TLCCore
public import TLCSystem

/// Drops the elements of least magnitude (Han et al., 2015).
///
/// Drops exactly ⌊sparsity × count⌋ elements. Of equal magnitudes the one that comes first in
/// row-major order is dropped; a NaN is greater than any number.
public struct MagnitudePruner: Pruner {
  public static let name = "magnitude"

  /// The share of elements to drop, in 0...1.
  public let sparsity: Double

  /// - Precondition: `sparsity` is in 0...1.
  public init(sparsity: Double) {
    precondition((0...1).contains(sparsity), "sparsity \(sparsity) is not in 0...1")
    self.sparsity = sparsity
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    sparsity = try parameters.number("sparsity", in: 0...1)
    try parameters.finish()
  }

  public func mask(
    for tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> Bitmap {
    var selection = MagnitudeSelection(sparsity: sparsity)
    while !selection.isComplete {
      try selection.count(tensor)
      selection.advance()
    }
    return try selection.mask(for: tensor)
  }
}
