internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// Writes HDF5: a contiguous dataset a tensor, `/` in names making groups.
public enum HDF5Exporter: CheckpointExporter {
  public static let name = "hdf5"
  public static let fileExtensions = ["h5", "hdf5"]

  public static func write(
    _ tensors: [ExportedTensor], to path: String, overwriting: Bool,
    progress: (Int) throws -> Void
  ) throws {
    for tensor in tensors where tensor.dtype == .bf16 {
      throw ExportError.dtype(.bf16, tensor: tensor.name, format: "HDF5")
    }
    try requirePaths(tensors)
    let file = try AtomicFile(path: path, overwriting: overwriting)
    do {
      let writer = try HDF5Writer(path: file.unfinishedPath, name: path)
      for tensor in tensors {
        let values = try tensor.load()
        try writer.write(values, to: tensor.name)
        try progress(values.bytes.count)
      }
      try writer.close()
    } catch let error as HDF5Error {
      throw error.systemCode.map { IOError(operation: "write", path: path, code: $0) } ?? error
    }
    try file.commit()
  }

  /// Requires that each name is a path of a dataset of its own, and none that of a group.
  private static func requirePaths(_ tensors: [ExportedTensor]) throws(ExportError) {
    let slash = UInt8(ascii: "/")
    var datasets: Set<[UInt8]> = []
    var groups: [[UInt8]: String] = [:]
    for tensor in tensors {
      let path = path(of: tensor)
      let parts = path.split(separator: slash, omittingEmptySubsequences: false)
      let isPath = parts.allSatisfy { part in
        !part.isEmpty && !part.contains(0) && !part.elementsEqual(".".utf8)
          && !part.elementsEqual("..".utf8)
      }
      guard isPath else { throw .name(tensor.name, "the name is not a path of an HDF5 file") }
      guard datasets.insert(path).inserted else {
        throw .name(tensor.name, "two tensors would be the dataset of this path")
      }
      for depth in parts.indices.dropFirst() {
        groups[Array(parts[..<depth].joined(separator: [slash]))] = tensor.name
      }
    }
    for tensor in tensors {
      guard let other = groups[path(of: tensor)] else { continue }
      throw .name(tensor.name, "it would be a dataset, and for \"\(other)\" a group")
    }
  }

  /// The name's bytes, from the root.
  private static func path(of tensor: ExportedTensor) -> [UInt8] {
    Array(tensor.name.utf8.drop { $0 == UInt8(ascii: "/") })
  }
}
