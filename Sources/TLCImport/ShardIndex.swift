internal import TLCCore

/// A Hugging Face index of shards: JSON whose `weight_map` says which file each weight is in.
struct ShardIndex {
  struct Shard {
    /// The base name of a file in the index's own folder.
    var file: String
    /// The names of its weights, in order of UTF-8 bytes.
    var entries: [String]
  }

  /// In order of file name by UTF-8 bytes.
  let shards: [Shard]

  private static let greatestByteCount = 100_000_000

  init(_ input: ImportInput) throws(ImportError) {
    let bytes = try input.contents(upTo: Self.greatestByteCount)
    guard let map = StrictJSON(bytes)?["weight_map"]?.members else {
      throw .malformed(
        path: input.path, dataset: nil, "it is not JSON with unique keys and a \"weight_map\"")
    }
    var files: [[UInt8]: Shard] = [:]
    for (weight, value) in map {
      guard let file = value.text, file.isBaseName else {
        throw .malformed(path: input.path, dataset: weight, "its shard is not a file's base name")
      }
      files[Array(file.utf8), default: Shard(file: file, entries: [])].entries.append(weight)
    }
    shards = files.values.sorted { $0.file.precedesInUTF8($1.file) }.map { shard in
      Shard(file: shard.file, entries: shard.entries.sorted { $0.precedesInUTF8($1) })
    }
  }
}
