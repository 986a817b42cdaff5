internal import TLCCore

/// Everything that a file says of itself, checked whole before any of it is handed out:
/// `formats/tlcq.md` §4, rules R10 to R23.
struct Manifest: Sendable {
  let planes: [PlaneRecord]
  let tensors: [TensorRecord]
  let assets: [AssetRecord]
  let provenance: Provenance
  let shard: ShardPlace?
  let shardIndex: ShardIndex?
  /// The graph's canonical JSON, and where it starts in the file.
  let graph: (bytes: [UInt8], offset: Int)?
  let probes: [ProbeRecord]

  init(
    parsing bytes: [UInt8], superblock: Superblock, kinds: EncodingKinds = .standard
  ) throws(FormatError) {
    let root = try CanonicalJSONParser.parse(bytes, at: superblock.manifest.lowerBound)
    let object = try JSONObject(root, key: "manifest")
    try Self.checkFeatures(object, superblock)

    var table = try PlaneTable(
      parsing: try object.array("planes"), manifestOffset: superblock.manifest.lowerBound)
    planes = table.records

    var sourceCount = 0
    if case .object? = object.optional("provenance")?.content,
      case .array(let sources)? = try object.object("provenance").optional("sources")?.content
    {
      sourceCount = sources.count
    }
    var tensors: [TensorRecord] = []
    let values = try object.array("tensors")
    for value in values {
      tensors.append(
        try TensorRecord(
          parsing: value, after: tensors.last?.name, sourceCount: sourceCount, kinds: kinds,
          planes: &table))
    }
    try Self.checkAliases(tensors, values)
    if superblock.required.contains(.shardIndex), let first = values.first {
      throw object.outOfRange(
        "tensors", "\(values.count) tensors", allowed: "none in the index of a set",
        at: first.offset)
    }
    self.tensors = tensors

    var assets: [AssetRecord] = []
    if object.optional("assets") != nil {
      for value in try object.array("assets") {
        assets.append(try AssetRecord(parsing: value, after: assets.last?.name, planes: &table))
      }
    }
    self.assets = assets
    provenance = try Provenance(parsing: try object.object("provenance"))
    shard =
      object.optional("shard") == nil ? nil : try ShardPlace(parsing: try object.object("shard"))
    shardIndex =
      object.optional("shards") == nil ? nil : try ShardIndex(parsing: try object.object("shards"))
    (graph, probes) = try Self.computation(of: object, superblock, &table)
  }

  /// The graph and its probes; in a file of minor version 0 they have no meaning.
  private static func computation(
    of object: JSONObject, _ superblock: Superblock, _ table: inout PlaneTable
  ) throws(FormatError) -> (graph: (bytes: [UInt8], offset: Int)?, probes: [ProbeRecord]) {
    let hasMeaning = superblock.minor >= 1
    var graph: (bytes: [UInt8], offset: Int)?
    if let value = object.optional("graph") {
      _ = try object.object("graph")
      if hasMeaning { graph = (CanonicalJSONWriter.bytes(of: value), value.offset) }
    }
    var probes: [ProbeRecord] = []
    guard let list = object.optional("probes") else { return (graph, probes) }
    let values = try object.array("probes")
    guard hasMeaning else { return (graph, probes) }
    guard values.count <= ProbeRecord.greatestCount else {
      throw object.outOfRange(
        "probes", "\(values.count) probes", allowed: "up to \(ProbeRecord.greatestCount)",
        at: list.offset)
    }
    for value in values { probes.append(try ProbeRecord(parsing: value, planes: &table)) }
    return (graph, probes)
  }

  /// R23: a feature bit is set if and only if its key is there.
  private static func checkFeatures(
    _ object: JSONObject, _ superblock: Superblock
  ) throws(FormatError) {
    let features = [
      ("shards", superblock.required.contains(.shardIndex)),
      ("shard", superblock.required.contains(.shard)),
      ("graph", superblock.optional.contains(.graph)),
      ("probes", superblock.optional.contains(.probes)),
    ]
    for (key, isSet) in features {
      let value = object.optional(key)
      if isSet != (value != nil) {
        throw FormatError(.featureBit(key: key), at: value?.offset ?? object.offset)
      }
    }
  }

  /// R18: an alias's target is there, is no alias, and has its type and shape.
  private static func checkAliases(
    _ tensors: [TensorRecord], _ values: [JSONValue]
  ) throws(FormatError) {
    for (tensor, value) in zip(tensors, values) {
      guard case .alias(let name) = tensor.content else { continue }
      let place = try JSONObject(value, key: "tensors").value("alias").offset
      func refusal(_ why: String) -> FormatError {
        FormatError(.alias(target: name, why), at: place, in: tensor.name)
      }
      guard let index = tensors.index(ofName: name) else { throw refusal("is not in the file") }
      let target = tensors[index]
      if case .alias = target.content { throw refusal("is an alias itself") }
      guard target.dtype == tensor.dtype, target.shape == tensor.shape else {
        throw refusal("has another type or shape: \(target.dtype) \(target.shape)")
      }
    }
  }
}

extension [TensorRecord] {
  /// The place of a name, by bisection: records are in order of name.
  func index(ofName name: String) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].name.precedesInUTF8(name) { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low].name.equalsInUTF8(name) ? low : nil
  }
}
