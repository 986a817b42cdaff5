internal import TLCCore
public import TLCSystem

/// Writes a checkpoint as one file, or as a set of shards and their index where it grows beyond a
/// given size: `formats/tlcq.md` §7.
///
/// All files appear at the end, the index last: a reader sees no set before it is whole.
public final class CheckpointSetWriter {
  private let path: String
  private let overwriting: Bool
  private let discarding: Bool
  private let provenance: Provenance
  private let shardByteCount: Int?
  private var full: [CheckpointWriter] = []
  private var current: CheckpointWriter
  private var assets: [(name: String, mediaType: String, bytes: [UInt8])] = []
  private var graph: [UInt8]?
  private var probes: [Probe] = []

  /// Begins a file, or a set of shards.
  ///
  /// - Parameters:
  ///   - path: of the file, or of the index, which ends in `.tlcq` if there are to be shards.
  ///   - overwriting: whether files there may be replaced.
  ///   - discarding: whether nothing is written: the bytes are only counted.
  ///   - provenance: where the values come from.
  ///   - shardByteCount: the size that no shard with more than one tensor exceeds; `nil` for one
  ///     file.
  public init(
    path: String, overwriting: Bool, discarding: Bool = false, provenance: Provenance,
    shardByteCount: Int? = nil
  ) throws(CheckpointError) {
    self.path = path
    self.overwriting = overwriting
    self.discarding = discarding
    self.provenance = provenance
    self.shardByteCount = shardByteCount
    current = try CheckpointWriter(
      path: path, overwriting: overwriting, discarding: discarding, provenance: provenance)
  }

  private func begin() throws(CheckpointError) -> CheckpointWriter {
    try CheckpointWriter(
      path: path, overwriting: overwriting, discarding: discarding, provenance: provenance)
  }

  /// Appends a tensor and the aliases of it, in the order of names of tensors.
  public func append(
    _ tensor: EncodedTensor, aliases: [AliasRecord] = []
  ) throws(CheckpointError) {
    if let shardByteCount, current.tensorCount > 0,
      current.expectedByteCount(with: tensor) > shardByteCount
    {
      full.append(current)
      current = try begin()
    }
    try current.append(tensor)
    for alias in aliases { current.append(alias) }
  }

  /// Adds an asset, which goes into the file or the index.
  public func appendAsset(
    name: String, mediaType: String, bytes: [UInt8]
  ) {
    assets.append((name, mediaType, bytes))
  }

  /// Sets the graph, which goes into the file or the index.
  ///
  /// - Precondition: it is an object in canonical form: `formats/graph.md`.
  public func setGraph(_ canonical: [UInt8]) { graph = canonical }

  /// Appends a probe of the graph, which goes into the file or the index.
  ///
  /// - Precondition: there are fewer than 64.
  public func append(_ probe: Probe) { probes.append(probe) }

  /// Appends what is of the whole file, after which nothing more is appended but what ``finish()`` adds.
  ///
  /// - Returns: the bytes that the file is going to have; `nil` of a set.
  public func close() throws(CheckpointError) -> Int? {
    guard full.isEmpty else { return nil }
    try appendShared(to: current)
    (assets, graph, probes) = ([], nil, [])
    return current.finishedByteCount
  }

  /// Appends what is of the whole set.
  private func appendShared(to writer: CheckpointWriter) throws(CheckpointError) {
    for asset in assets {
      try writer.appendAsset(
        name: asset.name, mediaType: asset.mediaType, bytes: asset.bytes)
    }
    if let graph { writer.setGraph(graph) }
    for probe in probes { try writer.append(probe) }
  }

  /// Writes the manifests, and moves all files into place.
  ///
  /// - Returns: the root digest of the file or the index, the paths written, the index last, and the
  ///   bytes of all of them.
  public func finish() throws(CheckpointError) -> (
    rootDigest: Digest, paths: [String], byteCount: Int
  ) {
    guard !full.isEmpty else {
      try appendShared(to: current)
      return (try current.finish(), [path], current.byteCount)
    }
    let index = try begin()
    try appendShared(to: index)
    let shards = full + [current]
    guard shards.count <= Limits.shardCount else {
      throw .format(
        path: path,
        FormatError(.limit("\(shards.count) shards are more than \(Limits.shardCount)"), at: 0))
    }
    var roots: [Digest] = []
    var paths: [String] = []
    for (i, shard) in shards.enumerated() {
      let place = ShardPlace(count: shards.count, ordinal: i + 1, set: provenance.setID)
      let shardPath = ShardIndex.path(ofShard: i + 1, count: shards.count, indexPath: path)
      roots.append(try shard.finish(shard: place, index: nil, path: shardPath))
      paths.append(shardPath)
    }
    let root = try index.finish(
      shard: nil, index: ShardIndex(roots: roots, set: provenance.setID), path: nil)
    return (root, paths + [path], (shards + [index]).reduce(0) { $0 + $1.byteCount })
  }
}
