internal import TLCCore
internal import TLCSystem

/// A foreign checkpoint format that can be read.
///
/// To add one, write a file in `Importers/` with a type that conforms, and name it in
/// ``ImporterRegistry/standard``.
public protocol CheckpointImporter: Sendable {
  /// The name of the format, for `--from` and messages, in kebab-case.
  static var name: String { get }

  /// Whether a file looks like this format. Cheap, and free of side effects.
  static func recognizes(_ input: ImportInput) -> Bool

  /// Opens a file, and accounts for every dataset in it.
  static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint
}

/// A file that is to be imported.
public struct ImportInput: Sendable {
  public let path: String
  /// The first bytes of the file, up to 4,096.
  public let prefix: [UInt8]
  public let byteCount: Int
  let file: InputFile

  public init(path: String) throws(ImportError) {
    self.path = path
    file = try importing { () throws(IOError) in try InputFile(path: path) }
    let file = file
    byteCount = file.byteCount
    prefix = try importing { () throws(IOError) in
      try file.read(at: 0, count: min(4_096, file.byteCount))
    }
  }

  /// The path of a file in the same folder.
  func sibling(_ name: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) + name } ?? name
  }

  /// The last part of the path.
  var baseName: String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}

/// The importers that a program knows, tried in order.
public struct ImporterRegistry: Sendable {
  public let all: [any CheckpointImporter.Type]

  public init(_ all: [any CheckpointImporter.Type]) { self.all = all }

  public static let standard = ImporterRegistry([
    SafetensorsIndexImporter.self, SafetensorsImporter.self, KerasArchiveImporter.self,
    NumPyImporter.self, HuggingFaceHDF5Importer.self, KerasHDF5Importer.self,
    KerasWeightsImporter.self, GenericHDF5Importer.self,
  ])

  /// These and one more, which is tried first.
  public func adding(_ type: any CheckpointImporter.Type) -> ImporterRegistry {
    ImporterRegistry([type] + all)
  }

  /// Opens a file with the importer of a name, or the first that recognizes it.
  public func open(
    _ path: String, importer name: String? = nil
  ) throws(ImportError) -> ImportedCheckpoint {
    let input = try ImportInput(path: path)
    let importer =
      name.map { name in all.first { $0.name == name } } ?? all.first { $0.recognizes(input) }
    guard let importer else {
      throw .unrecognized(path: path, known: all.map { $0.name })
    }
    return try importer.open(input)
  }
}
