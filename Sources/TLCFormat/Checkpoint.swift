public import TLCCore
public import TLCSystem

/// A checkpoint: one file, or a set of shards behind their index.
///
/// ```swift
/// let checkpoint = try Checkpoint(path: "model.tlcq")
/// let kernel = try checkpoint.tensor(named: "dense_1/kernel")
/// ```
public struct Checkpoint: Sendable {
  /// The file that was opened: the only one, or the index.
  public let main: CheckpointReader
  /// The files that hold tensors: the main one, or the shards in order.
  public let files: [CheckpointReader]
  /// Every tensor and alias in order of name by UTF-8 bytes.
  public let tensors: [TensorRecord]
  private let fileIndices: [Int]

  /// Opens a file, and where it is an index, every shard: the structure of each is verified.
  ///
  /// - Throws: ``CheckpointError``; an incomplete or mixed set is refused with what is missing.
  public init(path: String, limits: Limits = .standard) throws(CheckpointError) {
    let main = try CheckpointReader(path: path, limits: limits)
    let files: [CheckpointReader]
    if let index = main.shardIndex {
      files = try Self.openShards(of: index, main: main, limits: limits)
    } else {
      files = [main]
    }
    self.main = main
    self.files = files
    var all: [(record: TensorRecord, file: Int)] = []
    for (i, file) in files.enumerated() { all += file.tensors.map { ($0, i) } }
    all.sort { $0.record.name.precedesInUTF8($1.record.name) }
    for (first, second) in zip(all, all.dropFirst())
    where first.record.name.equalsInUTF8(second.record.name) {
      throw Self.refusal(
        main, second.file + 1, "the tensor is in two shards", tensor: second.record.name)
    }
    tensors = all.map { $0.record }
    fileIndices = all.map { $0.file }
  }

  private static func openShards(
    of index: ShardIndex, main: CheckpointReader, limits: Limits
  ) throws(CheckpointError) -> [CheckpointReader] {
    let count = index.roots.count
    var shards: [CheckpointReader] = []
    for ordinal in 1...count {
      func refusal(_ what: String) -> CheckpointError { Self.refusal(main, ordinal, what) }
      let path = ShardIndex.path(ofShard: ordinal, count: count, indexPath: main.path)
      let shard: CheckpointReader
      do throws(CheckpointError) {
        shard = try CheckpointReader(path: path, limits: limits)
      } catch {
        if case .system(let failure) = error {
          throw refusal("shard \(ordinal) of \(count) cannot be read: \(failure)")
        }
        throw error
      }
      let place = ShardPlace(count: count, ordinal: ordinal, set: index.set)
      guard shard.shard == place else {
        throw refusal("\(path) is not shard \(ordinal) of \(count) of the set \(index.set)")
      }
      guard shard.rootDigest == index.roots[ordinal - 1] else {
        throw refusal(
          "\(path) has root \(shard.rootDigest), and must have \(index.roots[ordinal - 1])")
      }
      shards.append(shard)
    }
    return shards
  }

  /// An error about a shard, at the place of its root in the index.
  private static func refusal(
    _ main: CheckpointReader, _ ordinal: Int, _ what: String, tensor: String? = nil
  ) -> CheckpointError {
    let offset = main.shardIndex?.rootOffsets[ordinal - 1] ?? 0
    return .format(path: main.path, FormatError(.shardSet(what), at: offset, in: tensor))
  }

  /// The artifact's identity: the root digest of the file or the index.
  public var rootDigest: Digest { main.rootDigest }

  /// The bytes of all files.
  public var byteCount: Int {
    main.byteCount + (main.shardIndex == nil ? 0 : files.reduce(0) { $0 + $1.byteCount })
  }

  /// The place of a name in ``tensors``, if it is there.
  public func index(named name: String) -> Int? { tensors.index(ofName: name) }

  /// The file that holds a tensor.
  public func file(ofTensorAt index: Int) -> CheckpointReader { files[fileIndices[index]] }

  /// Reads, checks and decodes a tensor, or returns `nil` if there is none of this name.
  public func tensor(
    named name: String, parallelism: Parallelism = .automatic
  ) throws(CheckpointError) -> Tensor? {
    guard let index = index(named: name) else { return nil }
    return try file(ofTensorAt: index).tensor(tensors[index], parallelism: parallelism)
  }

  /// Reads and checks the codes and steps of a tensor of `f32` whose codes are bytes.
  ///
  /// - Returns: `nil` where there is no tensor of this name, or it is not stored as uniform values
  ///   whose codes, less their zero points, are bytes.
  /// - Throws: ``CheckpointError``, as ``tensor(named:parallelism:)``.
  public func byteCodes(
    named name: String, parallelism: Parallelism = .automatic
  ) throws(CheckpointError) -> ByteCodes? {
    guard let index = index(named: name) else { return nil }
    return try file(ofTensorAt: index).byteCodes(tensors[index], parallelism: parallelism)
  }
}
