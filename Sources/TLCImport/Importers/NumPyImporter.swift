internal import TLCCore
internal import TLCSystem

/// Reads NumPy's `.npy` and `.npz`. Pickled objects are refused, never loaded.
public enum NumPyImporter: CheckpointImporter {
  public static let name = "numpy"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    if NumPyHeader.isSignature(input.prefix) { return true }
    guard ZipArchive.isSignature(input.prefix), let archive = try? ZipArchive(input) else {
      return false
    }
    return !archive.members.isEmpty && archive.members.allSatisfy { $0.name.hasSuffix(".npy") }
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    var tensors: [ImportedTensor] = []
    if NumPyHeader.isSignature(input.prefix) {
      var name = input.baseName
      if name.hasSuffix(".npy") { name.removeLast(4) }
      let file = input.file
      let count = input.byteCount
      let read: @Sendable () throws(ImportError) -> [UInt8] = { () throws(ImportError) in
        try importing { () throws(IOError) in try file.read(at: 0, count: count) }
      }
      let head = try importing { () throws(IOError) in
        try file.read(at: 0, count: min(count, NumPyHeader.greatestByteCount))
      }
      tensors.append(try tensor(name, input.path, head, byteCount: count, read))
    } else {
      let archive = try ZipArchive(input)
      for member in archive.members {
        let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
        let read: @Sendable () throws(ImportError) -> [UInt8] = { () throws(ImportError) in
          try archive.bytes(of: member)
        }
        tensors.append(
          try tensor(name, input.path, try read(), byteCount: member.byteCount, read))
      }
    }
    return try ImportedCheckpoint(
      importer: Self.name, rules: rules, sources: [input.path], tensors: tensors)
  }

  private static func tensor(
    _ name: String, _ path: String, _ head: [UInt8], byteCount: Int,
    _ read: @escaping @Sendable () throws(ImportError) -> [UInt8]
  ) throws(ImportError) -> ImportedTensor {
    let header = try NumPyHeader(parsing: head, path: path, array: name)
    let shape = header.shape
    guard byteCount - header.byteCount == shape.count * header.dtype.byteCount else {
      throw .malformed(
        path: path, dataset: name,
        "its data are \(byteCount - header.byteCount) bytes, not those of \(header.dtype) \(shape)")
    }
    return ImportedTensor(
      name: name, dtype: header.dtype, sourceShape: shape, source: name,
      outputAxis: kerasOutputAxis(name, shape)
    ) { _ throws(ImportError) in
      let bytes = try read()
      guard bytes.count == byteCount else {
        throw .malformed(path: path, dataset: name, "it changed while it was read")
      }
      return header.tensor(Array(bytes[header.byteCount...]))
    }
  }
}
