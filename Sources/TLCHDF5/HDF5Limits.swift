/// What a reader of HDF5 accepts at most, so that a small file cannot take large memory.
public struct HDF5Limits: Equatable, Sendable {
  /// Decoded bytes of a dataset.
  public var datasetByteCount = 16 << 30
  /// A dataset of more bytes than this must store at least a ``greatestRatio``th of them.
  public var freeByteCount = 64 << 20
  /// The most that DEFLATE can make of a byte.
  public var greatestRatio = 1_032
  /// Groups, datasets and links of a file.
  public var objectCount = 1_000_000
  /// Groups within groups.
  public var depth = 64
  /// Bytes of an attribute.
  public var attributeByteCount = 64 << 20

  public init() {}

  public static let standard = HDF5Limits()
}
