internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// Reads `.keras`, the archive of Keras 3: weights in `model.weights.h5`, and configuration, which
/// becomes assets and is never executed.
public enum KerasArchiveImporter: CheckpointImporter {
  public static let name = "keras-archive"
  private static let weights = "model.weights.h5"

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard ZipArchive.isSignature(input.prefix), let archive = try? ZipArchive(input) else {
      return false
    }
    return archive.members.contains { $0.name == "config.json" || $0.name == weights }
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let archive = try ZipArchive(input)
    guard let member = archive.members.first(where: { $0.name == weights }) else {
      throw .unsupported(
        path: input.path, dataset: nil, "an archive without \(weights)")
    }
    let bytes = try archive.bytes(of: member)
    let file = try HDF5Inventory(
      file: try importing { () throws(HDF5Error) in
        try HDF5File(bytes: bytes, name: "\(input.path)/\(weights)")
      })
    let contents = try KerasWeightsImporter.contents(of: file)
    var assets: [ImportedAsset] = []
    for name in ["config.json", "metadata.json"] {
      guard let member = archive.members.first(where: { $0.name == name }) else { continue }
      assets.append(
        ImportedAsset(
          name: "keras/\(name)", mediaType: "application/json",
          bytes: try archive.bytes(of: member)))
    }
    let known = [weights, "config.json", "metadata.json"]
    let others = archive.members.filter { !known.contains($0.name) && !$0.name.hasSuffix("/") }
    return try ImportedCheckpoint(
      importer: name, rules: KerasWeightsImporter.rules, sources: [input.path],
      tensors: contents.tensors, assets: assets,
      ignored: contents.ignored + others.map { .init($0.name, by: "archive-asset") })
  }
}
