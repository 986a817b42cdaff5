/// What a reader accepts at most: `formats/tlcq.md` §10.
public struct Limits: Equatable, Sendable {
  /// Bytes of a manifest.
  public static let manifestByteCount = 64 << 20
  /// Levels of arrays and objects in a manifest.
  public static let manifestDepth = 32
  /// Values in a manifest.
  public static let manifestValueCount = 1 << 23
  /// Bytes of a name.
  public static let nameByteCount = 1_024
  /// Shards in a set.
  public static let shardCount = 99_999
  /// Bytes of a signature or key file.
  public static let signatureByteCount = 4_096

  /// Decoded bytes of one tensor or asset. A mask that keeps nothing is a few bytes on disk, so
  /// only this bounds what decoding it allocates.
  public var tensorByteCount: Int

  /// Creates limits; 16 GiB for a tensor unless another is given.
  public init(tensorByteCount: Int = 16 << 30) { self.tensorByteCount = tensorByteCount }

  /// What is accepted where nothing else is said.
  public static let standard = Limits()
}
