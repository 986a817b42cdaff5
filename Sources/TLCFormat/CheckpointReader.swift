public import TLCCore
public import TLCSystem

/// One `.tlcq` file, open for reading.
///
/// Opening reads and checks the superblock and the manifest, and nothing else. A tensor is read,
/// checked and decoded when asked for, from any thread.
public final class CheckpointReader: Sendable {
  /// The path, as it was given.
  public let path: String
  /// The first 128 bytes, parsed.
  public let superblock: Superblock
  /// The tensors and aliases in order of name by UTF-8 bytes.
  public let tensors: [TensorRecord]
  /// The assets in order of name by UTF-8 bytes.
  public let assets: [AssetRecord]
  /// The planes in the order in which they lie in the file.
  public let planes: [PlaneRecord]
  /// Where the values come from.
  public let provenance: Provenance
  /// The file's place in a set, if it is in one.
  public let shard: ShardPlace?
  /// The set that the file is the index of, if it is one.
  public let shardIndex: ShardIndex?
  /// The graph, if the file has one: the canonical JSON of `formats/graph.md`.
  public let graphBytes: [UInt8]?
  /// Where the graph starts in the file, or the manifest where there is none; for messages.
  public let graphOffset: Int
  /// Recorded runs of the graph.
  public let probes: [ProbeRecord]
  /// What is accepted at most.
  public let limits: Limits
  /// The manifest, inflated where it is deflated: canonical JSON.
  public let manifestBytes: [UInt8]
  private let file: InputFile

  /// Opens a file and verifies its structure: rules R1 to R23.
  public init(path: String, limits: Limits = .standard) throws(CheckpointError) {
    let file = try system { () throws(IOError) in try InputFile(path: path) }
    let head = try system { () throws(IOError) in
      try file.read(at: 0, count: min(Superblock.byteCount, file.byteCount))
    }
    do throws(FormatError) {
      superblock = try Superblock(parsing: head, fileByteCount: file.byteCount)
    } catch { throw .format(path: path, error) }
    let place = superblock.manifest
    let stored = try system { () throws(IOError) in
      try file.read(at: place.lowerBound, count: place.count)
    }
    let manifestBytes: [UInt8]
    let manifest: Manifest
    do throws(FormatError) {
      manifestBytes = try superblock.manifest(from: stored)
      manifest = try Manifest(parsing: manifestBytes, superblock: superblock)
    } catch { throw .format(path: path, error) }
    self.path = path
    self.limits = limits
    self.manifestBytes = manifestBytes
    self.file = file
    tensors = manifest.tensors
    assets = manifest.assets
    planes = manifest.planes
    provenance = manifest.provenance
    shard = manifest.shard
    shardIndex = manifest.shardIndex
    graphBytes = manifest.graph?.bytes
    graphOffset = manifest.graph?.offset ?? place.lowerBound
    probes = manifest.probes
  }

  /// The length of the file in bytes.
  public var byteCount: Int { file.byteCount }

  /// The artifact's identity.
  public var rootDigest: Digest { superblock.rootDigest }

  /// The record of a name, if there is one.
  public func record(named name: String) -> TensorRecord? {
    tensors.index(ofName: name).map { tensors[$0] }
  }

  /// The record that an alias stands for, or the record itself.
  public func target(of record: TensorRecord) -> TensorRecord {
    guard case .alias(let name) = record.content, let target = self.record(named: name) else {
      return record
    }
    return target
  }

  /// Reads, checks and decodes a tensor.
  ///
  /// - Parameters:
  ///   - record: one of ``tensors``.
  ///   - parallelism: how many threads decode.
  ///   - checkingContent: whether to check the decoded elements against the content digest as well
  ///     (R34); the planes' digests always are.
  /// - Throws: ``CheckpointError``; rules R24 to R34.
  public func tensor(
    _ record: TensorRecord, parallelism: Parallelism = .serial, checkingContent: Bool = false
  ) throws(CheckpointError) -> Tensor {
    let (target, stored) = stored(record)
    let source = planeSource(of: target, parallelism)
    try requireWithinLimit(target, stored, source)
    let tensor = try stored.encoding.decode(target.geometry, from: source)
    if checkingContent, Digest(of: tensor.bytes.span) != stored.contentDigest {
      throw source.formatError(.contentDigest, at: stored.digestOffset)
    }
    return tensor
  }

  /// Reads and checks the codes and steps of a tensor; where a mask leaves an element out, its code
  /// is the zero point.
  ///
  /// - Parameters:
  ///   - record: one of ``tensors``.
  ///   - parallelism: how many threads decode.
  /// - Returns: `nil` where the tensor is not stored as uniform values.
  /// - Throws: ``CheckpointError``, as ``tensor(_:parallelism:checkingContent:)``.
  public func uniformValues(
    _ record: TensorRecord, parallelism: Parallelism = .serial
  ) throws(CheckpointError) -> UniformValues? {
    let (target, stored) = stored(record)
    let source = planeSource(of: target, parallelism)
    try requireWithinLimit(target, stored, source)
    return try stored.encoding.uniformValues(target.geometry, from: source)
  }

  /// Reads and checks the codes and steps of a tensor of `f32` whose codes are bytes.
  ///
  /// - Parameters:
  ///   - record: one of ``tensors``.
  ///   - parallelism: how many threads decode.
  /// - Returns: `nil` where the tensor is not stored as uniform values whose codes, less their zero
  ///   points, are bytes.
  /// - Throws: ``CheckpointError``, as ``tensor(_:parallelism:checkingContent:)``.
  public func byteCodes(
    _ record: TensorRecord, parallelism: Parallelism = .serial
  ) throws(CheckpointError) -> ByteCodes? {
    let (target, stored) = stored(record)
    let source = planeSource(of: target, parallelism)
    try requireWithinLimit(target, stored, source)
    return try stored.encoding.byteCodes(target.geometry, from: source)
  }

  /// A record of this file, or the one that it is an alias of, and what is stored of it.
  func stored(_ record: TensorRecord) -> (TensorRecord, TensorRecord.Stored) {
    let target = target(of: record)
    guard case .stored(let stored) = target.content else {
      preconditionFailure("the alias \"\(record.name)\" of another file")
    }
    return (target, stored)
  }

  func requireWithinLimit(
    _ record: TensorRecord, _ stored: TensorRecord.Stored, _ source: PlaneSource
  ) throws(CheckpointError) {
    guard record.decodedByteCount <= limits.tensorByteCount else {
      throw source.formatError(
        .limit(
          "the tensor has \(record.decodedByteCount) bytes, more than the limit of"
            + " \(limits.tensorByteCount)"), at: stored.shapeOffset)
    }
  }

  /// Measures a tensor against its source.
  ///
  /// - Parameters:
  ///   - record: one of ``tensors``.
  ///   - original: the source's values in stored orientation.
  ///   - parallelism: how many threads decode.
  /// - Precondition: they have the record's type and shape.
  public func certificate(
    of record: TensorRecord, against original: Tensor, parallelism: Parallelism = .serial
  ) throws(CheckpointError) -> Certificate {
    let (target, stored) = stored(record)
    return try stored.encoding.certificate(
      source: original, decoded: try tensor(target, parallelism: parallelism),
      from: planeSource(of: target, parallelism))
  }

  /// Reads and checks an asset.
  public func bytes(of asset: AssetRecord) throws(CheckpointError) -> [UInt8] {
    let source = planeSource(tensor: nil)
    guard asset.byteCount <= limits.tensorByteCount else {
      throw source.formatError(
        .limit("asset \"\(asset.name)\" has \(asset.byteCount) bytes, more than the limit"),
        at: superblock.manifest.lowerBound)
    }
    return try source.bytes(asset.plane)
  }

  /// The bytes that an asset takes in the file, without padding.
  ///
  /// - Parameter asset: one of ``assets``.
  public func storedByteCount(of asset: AssetRecord) -> Int {
    asset.plane.map { planes[$0.index].bytes.count } ?? 0
  }

  /// Checks the digest of each plane and the padding behind it: rules R25 and R26.
  ///
  /// - Parameter parallelism: how many threads check.
  public func verifyDigests(parallelism: Parallelism = .serial) throws(CheckpointError) {
    var owners: [Int: String] = [:]
    for tensor in tensors {
      if case .stored(let stored) = tensor.content {
        for plane in stored.planes { owners[plane] = tensor.name }
      }
    }
    _ = try parallelism.map(planes.count) { [owners] index throws(CheckpointError) in
      _ = try planeSource(tensor: owners[index], parallelism).storedBytes(ofPlane: index)
    }
  }

  private func planeSource(of record: TensorRecord, _ parallelism: Parallelism) -> PlaneSource {
    planeSource(tensor: record.name, parallelism)
  }

  /// Where planes come from.
  ///
  /// - Parameter tensor: the tensor that errors name.
  func planeSource(tensor: String?, _ parallelism: Parallelism = .serial) -> PlaneSource {
    PlaneSource(
      file: file, records: planes, codecs: .standard, parallelism: parallelism, tensor: tensor)
  }
}
