internal import TLCCore
internal import TLCSystem

/// Reads a set of safetensors files through `model.safetensors.index.json`.
///
/// Shards are found by base name in the index's own folder. Every tensor of the index is in the
/// shard that it names, and every tensor of a shard is in the index.
public enum SafetensorsIndexImporter: CheckpointImporter {
  public static let name = "safetensors-index"
  private static let greatestByteCount = 100_000_000

  public static func recognizes(_ input: ImportInput) -> Bool {
    input.baseName.hasSuffix(".safetensors.index.json")
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let file = input.file
    guard input.byteCount <= greatestByteCount else {
      throw .malformed(path: input.path, dataset: nil, "the index is longer than 100 MB")
    }
    let bytes = try importing { () throws(IOError) in
      try file.read(at: 0, count: input.byteCount)
    }
    guard let map = StrictJSON(bytes)?["weight_map"]?.members else {
      throw .malformed(path: input.path, dataset: nil, "it is not JSON with a \"weight_map\"")
    }
    var shards: [String: Set<String>] = [:]
    for (tensor, value) in map {
      guard let shard = value.text, !shard.isEmpty, !shard.contains("/"), shard != "..",
        shard != "."
      else {
        throw .malformed(path: input.path, dataset: tensor, "its shard is not a file's base name")
      }
      shards[shard, default: []].insert(tensor)
    }
    var tensors: [ImportedTensor] = []
    var assets: [ImportedAsset] = []
    let names = shards.keys.sorted { $0.precedesInUTF8($1) }
    for (index, shard) in names.enumerated() {
      let part = try SafetensorsImporter.contents(
        of: try ImportInput(path: input.sibling(shard)), file: index + 1)
      let found = Set(part.tensors.map { $0.name })
      let expected = shards[shard] ?? []
      let astray = found.symmetricDifference(expected).sorted { $0.precedesInUTF8($1) }
      if let name = astray.first {
        let what = expected.contains(name) ? "is not in shard" : "is not in the index, but in shard"
        throw .malformed(path: input.path, dataset: name, "it \(what) \(shard)")
      }
      tensors += part.tensors
      if let metadata = part.metadata, assets.isEmpty { assets = [metadata] }
    }
    return try ImportedCheckpoint(
      importer: name, rules: SafetensorsImporter.rules,
      sources: [input.path] + names.map { input.sibling($0) }, tensors: tensors, assets: assets)
  }
}
