internal import TLCCore
internal import TLCHDF5

/// Reads a set of shards of a TensorFlow checkpoint through `tf_model.h5.index.json`.
///
/// Shards are found by base name in the index's own folder; names and orientations are those of
/// ``HuggingFaceHDF5Importer``. Every weight of the index is in the shard that it names, and every
/// dataset of a shard is in the index.
public enum HuggingFaceIndexImporter: CheckpointImporter {
  public static let name = "huggingface-hdf5-index"

  public static func recognizes(_ input: ImportInput) -> Bool {
    input.baseName.hasSuffix(".h5.index.json")
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let index = try ShardIndex(input)
    var entries: [HuggingFaceWeights.Entry] = []
    var ignored: [Accounting.Ignored] = []
    for (place, shard) in index.shards.enumerated() {
      let file = try ImportInput(path: input.sibling(shard.file)).requireInventory()
      var mapped: Set<[UInt8]> = []
      for weight in shard.entries {
        let path = datasetPath(ofWeight: weight)
        guard let dataset = file.dataset(at: path) else {
          throw .malformed(path: input.path, dataset: weight, "it is not in shard \(shard.file)")
        }
        mapped.insert(Array(dataset.utf8))
        entries.append(
          .init(recorded: weight, inventory: file, file: place + 1, dataset: dataset))
      }
      if let stray = file.datasets.first(where: { !mapped.contains(Array($0.utf8)) }) {
        throw .malformed(
          path: input.path, dataset: stray, "it is not in the index, but in shard \(shard.file)")
      }
      ignored += file.secondNames(besides: [])
    }
    let weights = try HuggingFaceWeights(entries)
    return try ImportedCheckpoint(
      importer: name, rules: HuggingFaceHDF5Importer.rules,
      sources: [input.path] + index.shards.map { input.sibling($0.file) },
      tensors: weights.tensors, aliases: weights.aliases,
      assets: try HuggingFaceConfiguration.assets(beside: input),
      ignored: ignored + weights.ignored)
  }

  /// Where transformers puts a weight in a shard: under its name without the outermost level.
  private static func datasetPath(ofWeight name: String) -> String {
    let levels = name.split(separator: "/", omittingEmptySubsequences: false)
    let isWhole = levels.count == 1 || name.contains("model.")
    return "/" + (isWhole ? name : levels.dropFirst().joined(separator: "/"))
  }
}
