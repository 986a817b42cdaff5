internal import TLCCore

/// The header of an `.npy` file: magic, version, and a Python dictionary, which is parsed and never
/// evaluated.
struct NumPyHeader: Equatable, Sendable {
  static let greatestByteCount = 1 << 16

  /// Where the data start.
  let byteCount: Int
  let dtype: DType
  /// The shape as NumPy sees it.
  let shape: Shape
  private let isFortranOrder: Bool
  private let isBigEndian: Bool

  private static let types: [String: DType] = [
    "b1": .bool, "u1": .u8, "i1": .i8, "u2": .u16, "i2": .i16, "u4": .u32, "i4": .i32,
    "u8": .u64, "i8": .i64, "f2": .f16, "f4": .f32, "f8": .f64,
  ]

  static func isSignature(_ prefix: [UInt8]) -> Bool {
    prefix.starts(with: [0x93] + Array("NUMPY".utf8))
  }

  /// - Parameter bytes: the first of the file, up to ``greatestByteCount``.
  init(parsing bytes: [UInt8], path: String, array: String) throws(ImportError) {
    func malformed(_ what: String) -> ImportError {
      .malformed(path: path, dataset: array, what)
    }
    guard Self.isSignature(bytes), bytes.count >= 12 else {
      throw malformed("it does not start as an .npy array")
    }
    guard (1...3).contains(bytes[6]), bytes[7] == 0 else {
      throw .unsupported(path: path, dataset: array, "version \(bytes[6]).\(bytes[7]) of .npy")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    byteCount = 8 + lengthBytes + bytes.number(at: 8, byteCount: lengthBytes)
    guard byteCount <= bytes.count, byteCount <= Self.greatestByteCount else {
      throw malformed("its header is longer than the array's file, or than 64 KiB")
    }
    var parser = PythonLiteral(Array(bytes[8 + lengthBytes..<byteCount]))
    guard let members = parser.dictionary(), let descr = members["descr"],
      case .flag(let isFortran)? = members["fortran_order"],
      case .integers(let dimensions)? = members["shape"], members.count == 3
    else { throw malformed("its header is not a dictionary of descr, fortran_order and shape") }
    guard case .text(let type) = descr else {
      throw .unsupported(path: path, dataset: array, "a structured array")
    }
    guard let shape = Shape(dimensions) else {
      throw malformed(
        "its shape \(dimensions) is not up to 8 dimensions of fewer than 2^53 elements")
    }
    guard let order = type.first, "<>|=".contains(order),
      let dtype = Self.types[String(type.dropFirst())]
    else {
      let what = type.hasSuffix("O") ? "pickled Python objects" : "elements of type \(type)"
      throw .unsupported(path: path, dataset: array, what)
    }
    self.dtype = dtype
    self.shape = shape
    isFortranOrder = isFortran
    isBigEndian = order == ">"
  }

  /// The array of these data, row-major and little-endian.
  ///
  /// - Precondition: they are as long as type and shape need.
  func tensor(_ data: [UInt8]) -> Tensor {
    let data = isBigEndian ? swapped(data) : data
    guard isFortranOrder, shape.rank > 1,
      let reversed = Shape(shape.dimensions.reversed())
    else { return Tensor(dtype: dtype, shape: shape, bytes: data) }
    let transposed = Tensor(dtype: dtype, shape: reversed, bytes: data)
    return TensorTransform.transpose(permutation: Array((0..<shape.rank).reversed()))
      .applied(to: transposed)
  }

  /// The elements in the other byte order.
  private func swapped(_ data: [UInt8]) -> [UInt8] {
    func swap<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) -> [UInt8] {
      var data = data
      data.withMutableElements(of: Word.self) { words in
        for i in words.indices { words[i] = words[i].byteSwapped }
      }
      return data
    }
    switch dtype.byteCount {
    case 2: return swap(UInt16.self)
    case 4: return swap(UInt32.self)
    case 8: return swap(UInt64.self)
    default: return data
    }
  }
}
