public import TLCCore

/// A dataset: what it is, without its values.
public struct HDF5Dataset: Equatable, Sendable {
  public enum Element: Equatable, Sendable {
    /// Numbers, as this element type of a tensor; an enumeration as its integers.
    case numeric(DType)
    /// Strings.
    case text
  }

  /// The path in the file.
  public var path: String
  /// The shape; of rank 0 for a scalar, and `[0]` for a dataset without a value.
  public var shape: Shape
  public var element: Element
  /// Whether the values can be taken from the file without the library's conversion.
  var isLittleEndian: Bool
  /// The lengths of a chunk, if the dataset is chunked.
  var chunk: [Int]?
  /// The filters that chunks went through, in the order of writing.
  var filters: [Int32]
}
