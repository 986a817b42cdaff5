/// The formats that a program can write.
public struct ExporterRegistry: Sendable {
  /// The exporters, each of another name.
  public let all: [any CheckpointExporter.Type]

  /// Knows these exporters, and no others.
  public init(_ all: [any CheckpointExporter.Type]) { self.all = all }

  /// Every exporter of this package.
  public static let standard = ExporterRegistry([
    SafetensorsExporter.self, HDF5Exporter.self, NumPyExporter.self, NumPyArrayExporter.self,
  ])

  /// These and one more.
  public func adding(_ type: any CheckpointExporter.Type) -> ExporterRegistry {
    ExporterRegistry(all + [type])
  }

  /// The format of a name, or else the one that a path's ending says.
  public func exporter(
    named name: String?, path: String
  ) throws(ExportError) -> any CheckpointExporter.Type {
    let found =
      name.map { name in all.first { $0.name == name } }
      ?? all.first { type in type.fileExtensions.contains { path.hasSuffix(".\($0)") } }
    guard let found else { throw .unknownFormat(name ?? path, known: all.map { $0.name }) }
    return found
  }
}
