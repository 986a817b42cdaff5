internal import TLCCore
internal import TLCSystem

/// Reads a set of safetensors files through `model.safetensors.index.json`.
///
/// Shards are found by base name in the index's own folder. Every tensor of the index is in the
/// shard that it names, and every tensor of a shard is in the index.
public enum SafetensorsIndexImporter: CheckpointImporter {
  public static let name = "safetensors-index"

  public static func recognizes(_ input: ImportInput) -> Bool {
    input.baseName.hasSuffix(".safetensors.index.json")
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let index = try ShardIndex(input)
    var tensors: [ImportedTensor] = []
    var assets: [ImportedAsset] = []
    for (place, shard) in index.shards.enumerated() {
      let header = try SafetensorsHeader(
        try ImportInput(path: input.sibling(shard.file)), file: place + 1)
      try compare(header.tensors.map { $0.name }, with: shard, of: input)
      tensors += header.tensors
      // Shards of a set state the same metadata; where one differs, it is kept beside the first.
      if var metadata = header.metadata, !assets.contains(where: { $0.bytes == metadata.bytes }) {
        if !assets.isEmpty { metadata.name = "safetensors/\(shard.file).metadata.json" }
        assets.append(metadata)
      }
    }
    return try ImportedCheckpoint(
      importer: name, rules: SafetensorsImporter.rules,
      sources: [input.path] + index.shards.map { input.sibling($0.file) }, tensors: tensors,
      assets: assets + (try HuggingFaceConfiguration.assets(beside: input)))
  }

  private static func compare(
    _ found: [String], with shard: ShardIndex.Shard, of input: ImportInput
  ) throws(ImportError) {
    let names = Set(found.map { Array($0.utf8) })
    let expected = Set(shard.entries.map { Array($0.utf8) })
    for name in shard.entries where !names.contains(Array(name.utf8)) {
      throw .malformed(path: input.path, dataset: name, "it is not in shard \(shard.file)")
    }
    for name in found.sorted(by: { $0.precedesInUTF8($1) })
    where !expected.contains(Array(name.utf8)) {
      throw .malformed(
        path: input.path, dataset: name, "it is not in the index, but in shard \(shard.file)")
    }
  }
}
