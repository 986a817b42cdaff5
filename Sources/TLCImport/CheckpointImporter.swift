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

/// The importers that a program knows, tried in order.
public struct ImporterRegistry: Sendable {
  /// The importers, in the order in which they are asked.
  public let all: [any CheckpointImporter.Type]

  /// Knows these importers, and no others.
  public init(_ all: [any CheckpointImporter.Type]) { self.all = all }

  /// Every importer of this package, the most particular first.
  public static let standard = ImporterRegistry([
    SafetensorsIndexImporter.self, HuggingFaceIndexImporter.self, SafetensorsImporter.self,
    KerasArchiveImporter.self, NumPyImporter.self, HuggingFaceHDF5Importer.self,
    KerasHDF5Importer.self, KerasWeightsImporter.self, GenericHDF5Importer.self,
  ])

  /// These and one more, which is tried first.
  public func adding(_ type: any CheckpointImporter.Type) -> ImporterRegistry {
    ImporterRegistry([type] + all)
  }

  /// Opens a file with the importer of a name, or the first that recognizes it.
  public func open(
    _ path: String, importer name: String? = nil
  ) throws(ImportError) -> ImportedCheckpoint {
    let known = all.map { $0.name }
    if let name, !known.contains(name) { throw .unknownImporter(name, known: known) }
    let input = try ImportInput(path: path)
    let importer = all.first { type in name.map { type.name == $0 } ?? type.recognizes(input) }
    guard let importer else { throw .unrecognized(path: path, known: known) }
    var checkpoint = try importer.open(input)
    checkpoint.license = checkpoint.license ?? ModelCard.license(beside: input)
    return checkpoint
  }
}
