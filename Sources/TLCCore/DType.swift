/// The type of a tensor's elements: `formats/tlcq.md` §Data types.
///
/// Elements are little-endian wherever they are bytes. A `bool` is one byte, 0 or 1.
public enum DType: String, CaseIterable, Sendable {
  /// A truth value in a byte.
  case bool
  /// Unsigned integers of 8, 16, 32 and 64 bits, and signed ones.
  case u8, i8, u16, i16, u32, i32, u64, i64
  /// IEEE 754 binary16, the upper half of a binary32, binary32 and binary64.
  case f16, bf16, f32, f64

  /// The bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .bool, .u8, .i8: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64: 8
    }
  }

  /// Whether elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .f16, .bf16, .f32, .f64: true
    default: false
    }
  }
}
