internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// Reads `.keras`, the archive of Keras 3: weights in `model.weights.h5`, and configuration and
/// vocabularies, which become assets and are never executed.
///
/// The weights' file is in memory while it is read. Other members are ignored by the rule
/// `archive-member`.
public enum KerasArchiveImporter: CheckpointImporter {
  public static let name = "keras-archive"
  private static let weights = "model.weights.h5"

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard ZipArchive.isSignature(input.prefix) else { return false }
    // A damaged archive is known by its ending, so that it is refused as what it is.
    guard let archive = try? ZipArchive(input) else { return input.path.hasSuffix(".keras") }
    return archive.members.contains { $0.name == "config.json" || $0.name == weights }
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let archive = try ZipArchive(input)
    guard let member = archive.members.first(where: { $0.name == weights }) else {
      throw .unsupported(path: input.path, dataset: nil, "an archive without \(weights)")
    }
    let bytes = try archive.bytes(of: member)
    let file = try HDF5Inventory(
      file: try importing { () throws(HDF5Error) in
        try HDF5File(bytes: bytes, name: "\(input.path)/\(weights)")
      })
    let contents = try KerasWeightsImporter.contents(of: file)
    var assets: [ImportedAsset] = []
    var ignored = contents.ignored
    for other in archive.members where other.name != weights && !other.name.hasSuffix("/") {
      if other.name == "config.json" || other.name == "metadata.json" {
        assets.append(
          ImportedAsset(
            name: "keras/\(other.name)", mediaType: "application/json",
            bytes: try archive.bytes(of: other)))
      } else if other.name.hasPrefix("assets/") {
        assets.append(
          ImportedAsset(
            name: "keras/\(other.name)", mediaType: "application/octet-stream",
            bytes: try archive.bytes(of: other)))
      } else {
        ignored.append(.init(other.name, by: "archive-member"))
      }
    }
    return try ImportedCheckpoint(
      importer: name, rules: KerasWeightsImporter.rules, sources: [input.path],
      tensors: contents.tensors, layers: contents.layers, assets: assets, ignored: ignored)
  }
}
