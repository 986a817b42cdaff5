import TLCCore
import TLCSystem

/// Writes `.npz`: a zip archive of stored `.npy` arrays, as `numpy.savez` does, with zip's oldest
/// time, 1980-01-01, in place of the present.
public enum NumPyExporter: CheckpointExporter {
  public static let name = "npz"
  public static let fileExtensions = ["npz"]

  public static func write(
    _ tensors: [ExportedTensor], to path: String, overwriting: Bool,
    progress: (Int) throws -> Void
  ) throws {
    try tensors.requireUniqueNames()
    for tensor in tensors where tensor.dtype == .bf16 {
      throw ExportError.dtype(.bf16, tensor: tensor.name, format: "NumPy")
    }
    for tensor in tensors where tensor.name.utf8.count > 60_000 {
      throw ExportError.name(tensor.name, "the name is too long for a zip archive")
    }
    let file = try AtomicFile(path: path, overwriting: overwriting)
    var zip = ZipWriter(file: file)
    for tensor in tensors {
      let values = try tensor.load()
      try zip.append(name: "\(tensor.name).npy", header: header(tensor), values.bytes)
      try progress(values.bytes.count)
    }
    try zip.finish()
    try file.commit()
  }

  /// The header of version 1.0, padded so that the data start at a multiple of 64 bytes.
  private static func header(_ tensor: ExportedTensor) -> [UInt8] {
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
