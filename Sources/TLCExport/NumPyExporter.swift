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
    try NumPyArray.requireElements(of: tensors)
    for tensor in tensors where tensor.name.utf8.count > 60_000 {
      throw ExportError.name(tensor.name, "the name is too long for a zip archive")
    }
    let file = try AtomicFile(path: path, overwriting: overwriting)
    var zip = ZipWriter(file: file)
    for tensor in tensors {
      let values = try tensor.load()
      try zip.append(
        name: "\(tensor.name).npy", header: NumPyArray.header(of: tensor), values.bytes)
      try progress(values.bytes.count)
    }
    try zip.finish()
    try file.commit()
  }
}
