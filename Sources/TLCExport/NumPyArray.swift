import TLCCore

/// NumPy's arrays in files.
enum NumPyArray {
  /// Requires that NumPy has the tensors' element types.
  static func requireElements(of tensors: [ExportedTensor]) throws(ExportError) {
    for tensor in tensors where tensor.dtype == .bf16 {
      throw .dtype(.bf16, tensor: tensor.name, format: "NumPy")
    }
  }

  /// The header of version 1.0, padded so that the data start at a multiple of 64 bytes.
  static func header(of tensor: ExportedTensor) -> [UInt8] {
    let kind =
      switch tensor.dtype {
      case .bool: "|b1"
      case .u8: "|u1"
      case .i8: "|i1"
      case .f16, .f32, .f64: "<f\(tensor.dtype.byteCount)"
      case .u16, .u32, .u64: "<u\(tensor.dtype.byteCount)"
      default: "<i\(tensor.dtype.byteCount)"
      }
    let dimensions = tensor.shape.dimensions.map { String($0) }
    let shape =
      dimensions.count == 1 ? "(\(dimensions[0]),)" : "(\(dimensions.joined(separator: ", ")))"
    var text = Array(
      "{'descr': '\(kind)', 'fortran_order': False, 'shape': \(shape), }".utf8)
    while (10 + text.count + 1) % 64 != 0 { text.append(0x20) }
    text.append(0x0A)
    let length = [
      UInt8(truncatingIfNeeded: text.count), UInt8(truncatingIfNeeded: text.count >> 8),
    ]
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + length + text
  }
}
