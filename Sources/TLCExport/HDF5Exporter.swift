import TLCCore
import TLCHDF5
import TLCSystem

/// Writes HDF5: a contiguous dataset a tensor, `/` in names making groups.
public enum HDF5Exporter: CheckpointExporter {
  public static let name = "hdf5"
  public static let fileExtensions = ["h5", "hdf5"]

  public static func write(
    _ tensors: [ExportedTensor], to path: String, overwriting: Bool, progress: (Int) -> Void
  ) throws {
    for tensor in tensors {
      guard tensor.dtype != .bf16 else {
        throw ExportError.dtype(.bf16, tensor: tensor.name, format: "HDF5")
      }
      let parts = tensor.name.split(separator: "/", omittingEmptySubsequences: false)
      let isPath = parts.dropFirst(tensor.name.hasPrefix("/") ? 1 : 0).allSatisfy {
        !$0.isEmpty && $0 != "." && $0 != ".."
      }
      guard isPath else {
        throw ExportError.name(tensor.name, "the name is not a path of an HDF5 file")
      }
    }
    let file = try AtomicFile(path: path, overwriting: overwriting)
    let writer = try HDF5Writer(path: file.unfinishedPath, name: path)
    for tensor in tensors {
      let values = try tensor.load()
      try writer.write(values, to: tensor.name)
      progress(values.bytes.count)
    }
    try writer.close()
    try file.commit()
  }
}
