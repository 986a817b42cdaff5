/// A Swift type whose memory is one element of a tensor.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The element type that this is the memory of.
  static var dtype: DType { get }
  /// The value as `Double`: exact, but for integers beyond ±2⁵³, which round to nearest even.
  var double: Double { get }

  /// The values of four neighbouring elements, from `index` on.
  ///
  /// - Precondition: all four are in the span.
  static func doubles(_ elements: Span<Self>, at index: Int) -> SIMD4<Double>
}

extension TensorElement {
  @inlinable public static func doubles(_ elements: Span<Self>, at index: Int) -> SIMD4<Double> {
    SIMD4(
      elements[index].double, elements[index + 1].double, elements[index + 2].double,
      elements[index + 3].double)
  }
}

/// A floating-point element, which quantizers may round.
public protocol FloatingTensorElement: TensorElement {
  /// Rounds to nearest, ties to even.
  init(rounding value: Float)
  /// The value as `Float`: exact, but for `Double`, which rounds to nearest even.
  var float: Float { get }
}

extension UInt8: TensorElement {
  public static var dtype: DType { .u8 }
  @inlinable public var double: Double { Double(self) }
}
extension Int8: TensorElement {
  public static var dtype: DType { .i8 }
  @inlinable public var double: Double { Double(self) }
}
extension UInt16: TensorElement {
  public static var dtype: DType { .u16 }
  @inlinable public var double: Double { Double(self) }
}
extension Int16: TensorElement {
  public static var dtype: DType { .i16 }
  @inlinable public var double: Double { Double(self) }
}
extension UInt32: TensorElement {
  public static var dtype: DType { .u32 }
  @inlinable public var double: Double { Double(self) }
}
extension Int32: TensorElement {
  public static var dtype: DType { .i32 }
  @inlinable public var double: Double { Double(self) }
}
extension UInt64: TensorElement {
  public static var dtype: DType { .u64 }
  @inlinable public var double: Double { Double(self) }
}
extension Int64: TensorElement {
  public static var dtype: DType { .i64 }
  @inlinable public var double: Double { Double(self) }
}
extension Float16: FloatingTensorElement {
  public static var dtype: DType { .f16 }
  @inlinable public var double: Double { Double(self) }
  @inlinable public var float: Float { Float(self) }
  @inlinable public init(rounding value: Float) { self.init(value) }
}
extension BFloat16: FloatingTensorElement {
  public static var dtype: DType { .bf16 }
  @inlinable public var double: Double { Double(Float(self)) }
  @inlinable public var float: Float { Float(self) }
  @inlinable public init(rounding value: Float) { self.init(value) }
}
extension Float: FloatingTensorElement {
  public static var dtype: DType { .f32 }
  @inlinable public var double: Double { Double(self) }
  @inlinable public var float: Float { self }
  @inlinable public init(rounding value: Float) { self = value }
  @inlinable public static func doubles(_ elements: Span<Float>, at index: Int) -> SIMD4<Double> {
    SIMD4<Double>(elements.vector(at: index))
  }
}
extension Double: FloatingTensorElement {
  public static var dtype: DType { .f64 }
  @inlinable public var double: Double { self }
  @inlinable public var float: Float { Float(self) }
  @inlinable public init(rounding value: Float) { self.init(value) }
}

extension DType {
  /// The Swift type of this element type's memory; `UInt8` for `bool`.
  public var elementType: any TensorElement.Type {
    switch self {
    case .bool, .u8: UInt8.self
    case .i8: Int8.self
    case .u16: UInt16.self
    case .i16: Int16.self
    case .u32: UInt32.self
    case .i32: Int32.self
    case .u64: UInt64.self
    case .i64: Int64.self
    case .f16: Float16.self
    case .bf16: BFloat16.self
    case .f32: Float.self
    case .f64: Double.self
    }
  }

  /// The Swift type of this element type's memory, where it is a floating-point type.
  public var floatingElementType: (any FloatingTensorElement.Type)? {
    switch self {
    case .f16: Float16.self
    case .bf16: BFloat16.self
    case .f32: Float.self
    case .f64: Double.self
    default: nil
    }
  }
}
