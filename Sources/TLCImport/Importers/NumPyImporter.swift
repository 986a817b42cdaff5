internal import TLCCore
internal import TLCSystem

/// Reads NumPy's `.npy` and `.npz`. Pickled objects are refused, never loaded.
///
/// An array is stored as NumPy sees it, row-major, in whatever order its file has it.
public enum NumPyImporter: CheckpointImporter {
  public static let name = "numpy"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    if NumPyHeader.isSignature(input.prefix) { return true }
    guard ZipArchive.isSignature(input.prefix) else { return false }
    // A damaged archive is known by its ending, so that it is refused as what it is.
    guard let archive = try? ZipArchive(input) else { return input.path.hasSuffix(".npz") }
    return archive.members.allSatisfy { $0.name.hasSuffix(".npy") }
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    var tensors: [ImportedTensor] = []
    if NumPyHeader.isSignature(input.prefix) {
      let file = input.file
      let head = try importing { () throws(IOError) in
        try file.read(at: 0, count: min(input.byteCount, NumPyHeader.greatestByteCount))
      }
      let name = input.baseName.withoutArraySuffix
      tensors.append(
        try tensor(name, input.path, head, byteCount: input.byteCount) {
          header throws(ImportError) in
          try importing { () throws(IOError) in
            try file.read(at: header.byteCount, count: input.byteCount - header.byteCount)
          }
        })
    } else {
      guard ZipArchive.isSignature(input.prefix) || input.path.hasSuffix(".npz") else {
        throw .malformed(
          path: input.path, dataset: nil, "it has the signature of neither .npy nor .npz")
      }
      let archive = try ZipArchive(input)
      for member in archive.members {
        let head = try archive.prefix(of: member, upTo: NumPyHeader.greatestByteCount)
        let name = member.name.withoutArraySuffix
        tensors.append(
          try tensor(name, input.path, head, byteCount: member.byteCount) {
            header throws(ImportError) in
            var bytes = try archive.bytes(of: member)
            guard bytes.starts(with: head.prefix(header.byteCount)) else {
              throw .malformed(
                path: input.path, dataset: name, "its header changed while it was read")
            }
            bytes.removeFirst(header.byteCount)
            return bytes
          })
      }
    }
    return try ImportedCheckpoint(
      importer: Self.name, rules: rules, sources: [input.path], tensors: tensors)
  }

  /// - Parameter read: reads what follows the header.
  private static func tensor(
    _ name: String, _ path: String, _ head: [UInt8], byteCount: Int,
    _ read: @escaping @Sendable (NumPyHeader) throws(ImportError) -> [UInt8]
  ) throws(ImportError) -> ImportedTensor {
    let header = try NumPyHeader(parsing: head, path: path, array: name)
    let shape = header.shape
    guard byteCount - header.byteCount == shape.count * header.dtype.byteCount else {
      throw .malformed(
        path: path, dataset: name,
        "its data are \(byteCount - header.byteCount) bytes, and \(header.dtype) of shape \(shape)"
          + " takes \(shape.count * header.dtype.byteCount)")
    }
    return ImportedTensor(
      name: name, dtype: header.dtype, sourceShape: shape, source: name,
      outputAxis: kerasOutputAxis(name, shape)
    ) { _ throws(ImportError) in
      let tensor = header.tensor(try read(header))
      try requireBooleans(tensor, path: path, dataset: name)
      return tensor
    }
  }
}

extension String {
  fileprivate var withoutArraySuffix: String { hasSuffix(".npy") ? String(dropLast(4)) : self }
}
