internal import TLCCore
internal import TLCSystem

/// Writes safetensors, byte for byte as the reference implementation does: tensors in its order of
/// types, then of names, and the header padded to a multiple of 8 bytes.
public enum SafetensorsExporter: CheckpointExporter {
  public static let name = "safetensors"
  public static let fileExtensions = ["safetensors"]

  /// The reference's order of types, which keeps each tensor aligned to its elements.
  private static let order: [DType] = [
    .u64, .i64, .f64, .f32, .u32, .i32, .bf16, .f16, .u16, .i16, .i8, .u8, .bool,
  ]

  public static func write(
    _ tensors: [ExportedTensor], to path: String, overwriting: Bool,
    progress: (Int) throws -> Void
  ) throws {
    try tensors.requireUniqueNames()
    let sorted = order.flatMap { dtype in
      tensors.filter { $0.dtype == dtype }.sorted { $0.name.precedesInUTF8($1.name) }
    }
    var members: [String] = []
    var offset = 0
    for tensor in sorted {
      guard !tensor.name.equalsInUTF8("__metadata__") else {
        throw ExportError.name(tensor.name, "safetensors keeps this name for itself")
      }
      let dimensions = tensor.shape.dimensions.map { String($0) }.joined(separator: ",")
      let end = offset + tensor.byteCount
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(code(tensor.dtype))\",\"shape\":[\(dimensions)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(0x20) }
    let file = try AtomicFile(path: path, overwriting: overwriting)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    try file.append(length.span)
    try file.append(header.span)
    for tensor in sorted {
      let values = try tensor.load()
      try file.append(values.bytes.span)
      try progress(values.bytes.count)
    }
    try file.commit()
  }

  private static func code(_ dtype: DType) -> String {
    dtype == .bool ? "BOOL" : dtype.rawValue.uppercased()
  }

  /// A JSON string with the escapes that the reference writes.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{8}": quoted += "\\b"
      case "\u{C}": quoted += "\\f"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
