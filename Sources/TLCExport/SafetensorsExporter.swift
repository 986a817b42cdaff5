import TLCCore
import TLCSystem

/// Writes safetensors: tensors in order of descending element size, then of name, and the header
/// padded to a multiple of 8 bytes, as the reference implementation does.
public enum SafetensorsExporter: CheckpointExporter {
  public static let name = "safetensors"
  public static let fileExtensions = ["safetensors"]

  public static func write(
    _ tensors: [ExportedTensor], to path: String, overwriting: Bool, progress: (Int) -> Void
  ) throws {
    let sorted = tensors.sorted { first, second in
      first.dtype.byteCount == second.dtype.byteCount
        ? first.name.precedesInUTF8(second.name)
        : first.dtype.byteCount > second.dtype.byteCount
    }
    var members: [String] = []
    var offset = 0
    for tensor in sorted {
      guard tensor.name != "__metadata__" else {
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
      progress(values.bytes.count)
    }
    try file.commit()
  }

  private static func code(_ dtype: DType) -> String {
    dtype == .bool ? "BOOL" : dtype.rawValue.uppercased()
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
