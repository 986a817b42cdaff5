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

  static func isSignature(_ prefix: [UInt8]) -> Bool {
    prefix.starts(with: [0x93] + Array("NUMPY".utf8))
  }

  init(parsing bytes: [UInt8], path: String, array: String) throws(ImportError) {
    func malformed(_ what: String) -> ImportError {
      .malformed(path: path, dataset: array, what)
    }
    guard Self.isSignature(bytes), bytes.count >= 12 else {
      throw malformed("it does not start as an .npy array")
    }
    guard (1...3).contains(bytes[6]) else {
      throw .unsupported(path: path, dataset: array, "version \(bytes[6]) of .npy")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    let length = bytes.number(at: 8, byteCount: lengthBytes)
    byteCount = 8 + lengthBytes + length
    guard byteCount <= bytes.count, byteCount <= Self.greatestByteCount else {
      throw malformed("its header is longer than it is, or than 64 KiB")
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
    let types: [String: DType] = [
      "b1": .bool, "u1": .u8, "i1": .i8, "u2": .u16, "i2": .i16, "u4": .u32, "i4": .i32,
      "u8": .u64, "i8": .i64, "f2": .f16, "f4": .f32, "f8": .f64,
    ]
    guard let order = type.first, "<>|=".contains(order),
      let dtype = types[String(type.dropFirst())]
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
    var data = data
    let size = dtype.byteCount
    if isBigEndian, size > 1 {
      for start in stride(from: 0, to: data.count, by: size) {
        data[start..<start + size].reverse()
      }
    }
    guard isFortranOrder, shape.rank > 1,
      let reversed = Shape(shape.dimensions.reversed())
    else { return Tensor(dtype: dtype, shape: shape, bytes: data) }
    let transposed = Tensor(dtype: dtype, shape: reversed, bytes: data)
    return TensorTransform.transpose(permutation: Array((0..<shape.rank).reversed()))
      .applied(to: transposed)
  }
}

/// The few Python literals that an `.npy` header is made of.
struct PythonLiteral {
  enum Value: Equatable {
    case text(String)
    case flag(Bool)
    case integers([Int])
    case other
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    while next == 0x20 || next == 0x0A { position += 1 }
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// A whole dictionary with unique keys of text.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var members: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value(), members[key] == nil else {
        return nil
      }
      members[key] = value
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    while next == 0x20 || next == 0x0A { position += 1 }
    return position == bytes.count ? members : nil
  }

  private mutating func text() -> String? {
    for quote in ["'", "\""] as [Unicode.Scalar] where take(quote) {
      let start = position
      while next != UInt8(ascii: quote) {
        guard position < bytes.count, next != UInt8(ascii: "\\") else { return nil }
        position += 1
      }
      position += 1
      return String(validating: bytes[start..<position - 1], as: UTF8.self)
    }
    return nil
  }

  private mutating func value() -> Value? {
    if let text = text() { return .text(text) }
    if take("(") { return integers() }
    if take("[") {
      // A list is a structured type: it is skipped, since it is refused by name.
      var depth = 1
      while depth > 0 {
        guard position < bytes.count else { return nil }
        if next == UInt8(ascii: "[") { depth += 1 }
        if next == UInt8(ascii: "]") { depth -= 1 }
        position += 1
      }
      return .other
    }
    for (word, flag) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return .flag(flag)
    }
    return nil
  }

  private mutating func integers() -> Value? {
    var integers: [Int] = []
    while !take(")") {
      while next == 0x20 { position += 1 }
      var digits = ""
      while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next), digits.utf8.count < 19 {
        digits.unicodeScalars.append(Unicode.Scalar(next))
        position += 1
      }
      guard let integer = Int(digits) else { return nil }
      integers.append(integer)
      if !take(",") {
        guard take(")") else { return nil }
        break
      }
    }
    return .integers(integers)
  }
}
