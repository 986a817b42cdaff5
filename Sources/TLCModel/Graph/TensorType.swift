public import TLCCore

/// What a value is in a run: the type of its elements, and its shape.
public struct TensorType: Hashable, Sendable {
  /// The type of its elements.
  public var dtype: DType
  /// Its dimensions.
  public var shape: Shape

  /// A type and a shape.
  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }
}
