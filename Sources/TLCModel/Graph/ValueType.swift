public import TLCCore

/// What is known of a value before a run: the type of its elements, and its dimensions.
public struct ValueType: Hashable, Sendable {
  /// The type of its elements.
  public var dtype: DType
  /// Outermost first; at most 8.
  public var dimensions: [Dimension]

  /// A type, and dimensions outermost first.
  public init(_ dtype: DType, _ dimensions: [Dimension]) {
    self.dtype = dtype
    self.dimensions = dimensions
  }

  /// A type, and the dimensions of a shape.
  public init(_ dtype: DType, _ shape: Shape) {
    self.init(dtype, shape.dimensions.map { Dimension($0) })
  }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The shape, where no dimension has a name.
  public var shape: Shape? {
    let lengths = dimensions.compactMap { $0.length }
    return lengths.count == rank ? Shape(lengths) : nil
  }
}

extension ValueType: CustomStringConvertible {
  /// `f32 [batch, sequence, 384]`.
  public var description: String {
    "\(dtype) [" + dimensions.map { "\($0)" }.joined(separator: ", ") + "]"
  }
}
