public import TLCFormat

/// What each part of a checkpoint's files takes; all together are the bytes of the files.
public struct FileParts: Equatable, Sendable {
  /// A part, and its bytes.
  public struct Part: Equatable, Sendable {
    /// What it is.
    public var name: String
    /// What it takes.
    public var byteCount: Int
  }

  /// A file that travels with the model.
  public struct Asset: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Its bytes.
    public var byteCount: Int
    /// What it takes in the file.
    public var storedByteCount: Int
  }

  /// The parts of the files, without those that are not there.
  public private(set) var all: [Part]
  /// The planes of tensors by what they are used as, the largest first.
  public private(set) var roles: [Part]
  /// In order of name.
  public private(set) var assets: [Asset]

  private static let tokenizerWords = ["token", "vocab", "merges", "spiece", "sentencepiece"]

  /// Measures the files of a checkpoint.
  public init(_ checkpoint: Checkpoint) {
    let main = checkpoint.main
    let files = main.shardIndex == nil ? checkpoint.files : [main] + checkpoint.files
    assets = main.assets.map {
      Asset(
        name: $0.name, byteCount: $0.byteCount, storedByteCount: main.storedByteCount(of: $0))
    }
    var planes: [String: Int] = [:]
    var (manifest, total) = (0, 0)
    for file in files {
      for plane in file.planes { planes[plane.role, default: 0] += plane.bytes.count }
      manifest += file.superblock.manifest.count
      total += file.byteCount
    }
    // Where the manifest is deflated, the graph's share of what is left.
    let graph =
      (main.graphBytes?.count ?? 0) * main.superblock.manifest.count / main.manifestBytes.count
    let probes = planes.removeValue(forKey: "probe") ?? 0
    let fingerprints = planes.removeValue(forKey: "fingerprints") ?? 0
    let asset = planes.removeValue(forKey: "asset") ?? 0
    let tokenizer = assets.filter { asset in
      Self.tokenizerWords.contains { asset.name.lowercased().contains($0) }
    }.reduce(0) { $0 + $1.storedByteCount }
    let tensors = planes.values.reduce(0, +)
    let known = [
      Part(name: "tensors", byteCount: tensors), Part(name: "tokenizer", byteCount: tokenizer),
      Part(name: "other assets", byteCount: asset - tokenizer),
      Part(name: "graph", byteCount: graph),
      Part(name: "recorded runs", byteCount: probes + fingerprints),
      Part(name: "manifest", byteCount: manifest - graph),
    ]
    let rest = total - known.reduce(0) { $0 + $1.byteCount }
    all = (known + [Part(name: "superblock and padding", byteCount: rest)])
      .filter { $0.byteCount > 0 }
    roles = planes.map { Part(name: $0.key, byteCount: $0.value) }.sorted {
      ($1.byteCount, $0.name) < ($0.byteCount, $1.name)
    }
  }
}
