internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// A file that is to be imported.
public struct ImportInput: Sendable {
  /// The path, as it was given.
  public let path: String
  /// The first bytes of the file, up to 4,096.
  public let prefix: [UInt8]
  /// The length in bytes.
  public let byteCount: Int
  let file: InputFile
  /// What is in the file, read once for all importers that ask; an error where it is HDF5 that
  /// cannot be read, and `nil` where it is not HDF5.
  let hdf5: Result<HDF5Inventory, ImportError>?

  /// Opens a file.
  public init(path: String) throws(ImportError) {
    self.path = path
    let file = try importing { () throws(IOError) in try InputFile(path: path) }
    self.file = file
    byteCount = file.byteCount
    prefix = try importing { () throws(IOError) in
      try file.read(at: 0, count: min(4_096, file.byteCount))
    }
    guard Self.isHDF5(file) else {
      hdf5 = nil
      return
    }
    do throws(ImportError) {
      hdf5 = .success(try HDF5Inventory(path: path))
    } catch {
      hdf5 = .failure(error)
    }
  }

  /// Whether HDF5's signature stands at 0, 512, 1024, 2048 and so on.
  private static func isHDF5(_ file: InputFile) -> Bool {
    var offset = 0
    while offset <= file.byteCount - 8 {
      let place = offset
      let bytes = try? importing { () throws(IOError) in try file.read(at: place, count: 8) }
      if let bytes, HDF5File.isSignature(bytes.span) { return true }
      offset = offset == 0 ? 512 : offset * 2
    }
    return false
  }

  /// The tree of an HDF5 file, if it is one and can be read.
  var inventory: HDF5Inventory? { try? hdf5?.get() }

  /// The tree of an HDF5 file.
  ///
  /// - Throws: ``ImportError``, also where the file is not HDF5.
  func requireInventory() throws(ImportError) -> HDF5Inventory {
    guard let hdf5 else {
      throw .malformed(path: path, dataset: nil, "it does not have the signature of an HDF5 file")
    }
    return try hdf5.get()
  }

  /// All bytes of the file.
  ///
  /// - Throws: ``ImportError`` where it is longer than `limit`.
  public func contents(upTo limit: Int) throws(ImportError) -> [UInt8] {
    guard byteCount <= limit else {
      throw .malformed(path: path, dataset: nil, "it is \(byteCount) bytes, more than \(limit)")
    }
    return try importing { () throws(IOError) in try file.read(at: 0, count: byteCount) }
  }

  /// The path of a file in the same folder.
  func sibling(_ name: String) -> String {
    let scalars = path.unicodeScalars
    return scalars.lastIndex(of: "/").map { String(scalars[...$0]) + name } ?? name
  }

  /// The last part of the path.
  var baseName: String {
    let scalars = path.unicodeScalars
    return scalars.lastIndex(of: "/").map { String(scalars[scalars.index(after: $0)...]) } ?? path
  }
}

extension String {
  /// Whether this is the name of a file, and leads to no other folder.
  var isBaseName: Bool {
    !utf8.isEmpty && !utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }
      && !equalsInUTF8(".") && !equalsInUTF8("..")
  }
}
