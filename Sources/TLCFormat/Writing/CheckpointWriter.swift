internal import TLCCore
public import TLCSystem

/// Writes one `.tlcq` file in one pass: planes as they come, the manifest last.
///
/// Nothing is at the path until ``finish()`` has returned; a writer that is given up leaves nothing.
public final class CheckpointWriter {
  private let file: AtomicFile
  private let provenance: Provenance
  private var planes: [PlaneRecord] = []
  private var records: [(name: String, json: JSONValue)] = []
  private var assets: [(name: String, json: JSONValue)] = []
  private var graph: JSONValue?
  private var probes: [JSONValue] = []
  /// The least minor version of the format that has all that is written.
  private var minorVersion: UInt16 = 0

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - path: where the file is to be.
  ///   - overwriting: whether a file there may be replaced.
  ///   - discarding: whether nothing is written: the bytes are only counted.
  ///   - provenance: where the values come from.
  public init(
    path: String, overwriting: Bool, discarding: Bool = false, provenance: Provenance
  ) throws(CheckpointError) {
    do throws(IOError) {
      let file =
        discarding
        ? try AtomicFile(discarding: path)
        : try AtomicFile(path: path, overwriting: overwriting)
      try file.append([UInt8](repeating: 0, count: Superblock.byteCount).span)
      self.file = file
    } catch { throw .system(error) }
    self.provenance = provenance
  }

  /// The bytes written so far.
  public var byteCount: Int { file.byteCount }

  /// The bytes of the file if it had this tensor too, but for the manifest's other parts.
  func expectedByteCount(with tensor: EncodedTensor) -> Int {
    tensor.planes.reduce(file.byteCount) { PlaneRecord.aligned($0 + $1.stored.count) }
  }

  /// The number of tensors and aliases added.
  public var tensorCount: Int { records.count }

  /// Appends a tensor's planes.
  ///
  /// - Precondition: its name is valid and new. Tensors come in order of name, so that the same
  ///   tensors give the same file.
  public func append(_ tensor: EncodedTensor) throws(CheckpointError) {
    precondition(Name.isValid(tensor.name), "the name \"\(tensor.name)\"")
    let first = planes.count
    for plane in tensor.planes { try append(plane) }
    minorVersion = max(minorVersion, tensor.values.minorVersion)
    records.append((tensor.name, tensor.json(firstPlane: first)))
  }

  /// Appends an alias of a tensor of this file.
  public func append(_ alias: AliasRecord) {
    precondition(Name.isValid(alias.name), "the name \"\(alias.name)\"")
    records.append((alias.name, alias.json))
  }

  /// Appends an asset.
  ///
  /// - Precondition: its name is valid and new.
  public func appendAsset(
    name: String, mediaType: String, bytes: [UInt8]
  ) throws(CheckpointError) {
    precondition(Name.isValid(name), "the name \"\(name)\"")
    let plane = PlaneEncoder(parallelism: .serial).encode(
      PlaneSymbols(bytes: bytes), role: "asset", isAsset: true)
    let index = planes.count
    if let plane { try append(plane) }
    assets.append(
      (
        name,
        .object([
          ("length", .integer(bytes.count)), ("mediaType", .string(mediaType)),
          ("name", .string(name)), ("plane", plane == nil ? .null : .integer(index)),
        ])
      ))
  }

  /// Sets the graph.
  ///
  /// - Precondition: it is an object in canonical form: `formats/graph.md`.
  public func setGraph(_ canonical: [UInt8]) {
    guard let value = try? CanonicalJSONParser.parse(canonical, at: 0),
      case .object = value.content
    else { preconditionFailure("a graph that is not an object in canonical form") }
    graph = value
  }

  /// Appends a probe of the graph.
  ///
  /// - Precondition: there are fewer than 64.
  public func append(_ probe: Probe) throws(CheckpointError) {
    precondition(probes.count < ProbeRecord.greatestCount, "more than 64 probes")
    probes.append(
      try probe.json { (bytes, role) throws(CheckpointError) in
        let plane = PlaneEncoder(parallelism: .serial).encode(
          PlaneSymbols(bytes: bytes), role: role)
        guard let plane else { return .null }
        try append(plane)
        return .integer(planes.count - 1)
      })
  }

  private func append(_ plane: EncodedPlane) throws(CheckpointError) {
    let offset = file.byteCount
    minorVersion = max(minorVersion, PlaneCodecs.standard[plane.codec]?.minorVersion ?? 0)
    try system { () throws(IOError) in
      try file.append(plane.stored.span)
      try pad()
    }
    planes.append(
      PlaneRecord(
        codec: plane.codec, digest: plane.digest, bytes: offset..<offset + plane.stored.count,
        rawByteCount: plane.rawByteCount, role: plane.role))
  }

  private func pad() throws(IOError) {
    let padding = PlaneRecord.aligned(file.byteCount) - file.byteCount
    try file.append([UInt8](repeating: 0, count: padding).span)
  }

  /// The bytes that the file has when it is finished now, being no part of a set.
  var finishedByteCount: Int {
    file.byteCount
      + Self.stored(CanonicalJSONWriter.bytes(of: manifest(shard: nil, index: nil))).count
  }

  /// Writes the manifest and the superblock, and moves the file into place.
  ///
  /// - Returns: the root digest.
  @discardableResult public func finish() throws(CheckpointError) -> Digest {
    try finish(shard: nil, index: nil, path: nil)
  }

  func finish(
    shard: ShardPlace?, index: ShardIndex?, path: String?
  ) throws(CheckpointError) -> Digest {
    let manifest = CanonicalJSONWriter.bytes(of: manifest(shard: shard, index: index))
    let stored = Self.stored(manifest)
    var required: Superblock.Required = stored.count < manifest.count ? [.deflatedManifest] : []
    if shard != nil { required.insert(.shard) }
    if index != nil { required.insert(.shardIndex) }
    let offset = file.byteCount
    var optional: Superblock.Optional = []
    if graph != nil { optional.insert(.graph) }
    if !probes.isEmpty { optional.insert(.probes) }
    var superblock = Superblock(
      required: required, optional: optional, manifest: offset..<offset + stored.count,
      manifestDigest: Digest(of: stored.span))
    superblock.minor = max(minorVersion, optional.isEmpty ? 0 : 1)
    if required.contains(.deflatedManifest) {
      superblock.minor = max(superblock.minor, 3)
      superblock.manifestRawByteCount = manifest.count
    }
    guard manifest.count <= Limits.manifestByteCount else {
      throw .format(
        path: path ?? file.path,
        FormatError(
          .limit("the manifest has \(manifest.count) bytes, more than a reader takes: use shards"),
          at: offset))
    }
    try system { () throws(IOError) in
      try file.append(stored.span)
      try file.overwrite(superblock.bytes.span, at: 0)
    }
    try system { () throws(IOError) in try file.commit(to: path ?? file.path) }
    return superblock.rootDigest
  }

  /// The bytes from which on a manifest is deflated; smaller ones are read with any tool.
  private static let deflatedByteCount = 1 << 14

  /// A manifest as it is stored: deflated where it is large, and that is smaller.
  private static func stored(_ manifest: [UInt8]) -> [UInt8] {
    guard (deflatedByteCount...Limits.manifestByteCount).contains(manifest.count) else {
      return manifest
    }
    let deflated = DeflateEncoder.deflate(manifest)
    return deflated.count < manifest.count ? deflated : manifest
  }

  private func manifest(shard: ShardPlace?, index: ShardIndex?) -> JSONValue {
    let tensors = records.sorted { $0.name.precedesInUTF8($1.name) }
    let assets = assets.sorted { $0.name.precedesInUTF8($1.name) }
    return .object([
      ("assets", assets.isEmpty ? nil : .array(assets.map { $0.json })),
      ("graph", graph), ("planes", .array(planes.map { $0.json })),
      ("probes", probes.isEmpty ? nil : .array(probes)), ("provenance", provenance.json),
      ("shard", shard?.json), ("shards", index?.json),
      ("tensors", .array(tensors.map { $0.json })),
    ])
  }
}
