import TLCCore

/// Where a program's weights come from. Several threads may ask at once, and more than once for a name.
struct WeightSource: Sendable {
  /// The tensor of the checkpoint of a name.
  let tensor: @Sendable (_ name: String) throws -> Tensor
  /// Its codes, where they are bytes.
  let codes: @Sendable (_ name: String) throws -> ByteCodes?
  /// Whether zeros are left out of products where so many are that it is faster.
  var leavesZerosOut = true
}
