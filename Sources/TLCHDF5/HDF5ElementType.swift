internal import CHDF5
internal import TLCCore

/// What a datatype of the library is as an element of a tensor.
enum HDF5ElementType: Equatable {
  case numeric(DType, isLittleEndian: Bool)
  case text
  case unsupported(String)

  init(_ type: hid_t) {
    let size = H5Tget_size(type)
    let order = H5Tget_order(type)
    let isLittleEndian = size == 1 || order == H5T_ORDER_LE
    switch H5Tget_class(type) {
    case H5T_INTEGER: self = Self.integer(type, size, isLittleEndian)
    case H5T_FLOAT: self = Self.float(type, size, isLittleEndian)
    case H5T_STRING: self = .text
    case H5T_ENUM:
      guard let base = HDF5Handle(H5Tget_super(type), closedBy: H5Tclose) else {
        self = .unsupported("an enumeration of an unknown type")
        return
      }
      self = Self.isBool(type, base.id) ? .numeric(.bool, isLittleEndian: true) : Self(base.id)
    case H5T_BITFIELD:
      self = size == 1 ? .numeric(.u8, isLittleEndian: true) : .unsupported("a bit field")
    case H5T_COMPOUND: self = .unsupported("a compound type")
    case H5T_REFERENCE: self = .unsupported("a reference")
    case H5T_VLEN: self = .unsupported("a variable-length sequence")
    case H5T_ARRAY: self = .unsupported("an array type")
    case H5T_OPAQUE: self = .unsupported("an opaque type")
    case H5T_TIME: self = .unsupported("a time type")
    default: self = .unsupported("an unknown type")
    }
  }

  private static func integer(_ type: hid_t, _ size: Int, _ isLittleEndian: Bool) -> Self {
    let isSigned = H5Tget_sign(type) == H5T_SGN_2
    guard H5Tget_precision(type) == size * 8, H5Tget_offset(type) == 0 else {
      return .unsupported("an integer of \(H5Tget_precision(type)) bits in \(size) bytes")
    }
    let dtype: DType
    switch size {
    case 1: dtype = isSigned ? .i8 : .u8
    case 2: dtype = isSigned ? .i16 : .u16
    case 4: dtype = isSigned ? .i32 : .u32
    case 8: dtype = isSigned ? .i64 : .u64
    default: return .unsupported("an integer of \(size) bytes")
    }
    return .numeric(dtype, isLittleEndian: isLittleEndian)
  }

  private static func float(_ type: hid_t, _ size: Int, _ isLittleEndian: Bool) -> Self {
    var sign = 0
    var exponent = 0
    var exponentSize = 0
    var mantissa = 0
    var mantissaSize = 0
    guard
      unsafe H5Tget_fields(
        type, &sign, &exponent, &exponentSize, &mantissa, &mantissaSize) >= 0,
      mantissa == 0, exponent == mantissaSize, sign == exponent + exponentSize,
      sign == size * 8 - 1, H5Tget_ebias(type) == (1 << max(exponentSize - 1, 0)) - 1
    else { return .unsupported("a floating-point layout of \(size) bytes that is not IEEE's") }
    switch (size, mantissaSize) {
    case (2, 10): return .numeric(.f16, isLittleEndian: isLittleEndian)
    case (2, 7): return .numeric(.bf16, isLittleEndian: isLittleEndian)
    case (4, 23): return .numeric(.f32, isLittleEndian: isLittleEndian)
    case (8, 52): return .numeric(.f64, isLittleEndian: isLittleEndian)
    default: return .unsupported("a floating-point layout of \(size) bytes")
    }
  }

  /// Whether an enumeration is h5py's bool: FALSE and TRUE of one byte.
  private static func isBool(_ type: hid_t, _ base: hid_t) -> Bool {
    guard H5Tget_size(base) == 1, H5Tget_nmembers(type) == 2 else { return false }
    for (index, name) in ["FALSE", "TRUE"].enumerated() {
      var value: Int8 = -1
      guard unsafe H5Tenum_valueof(type, name, &value) >= 0, value == index else {
        H5Eclear2(hid_t(H5E_DEFAULT))
        return false
      }
    }
    return true
  }
}
