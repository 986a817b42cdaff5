internal import TLCCore
public import TLCSystem

/// A file's place in a set: `formats/tlcq.md` §7, `shard`.
public struct ShardPlace: Equatable, Sendable {
  /// The number of shards in the set.
  public let count: Int
  /// From 1.
  public let ordinal: Int
  /// What the files of the set have in common.
  public let set: Digest

  init(count: Int, ordinal: Int, set: Digest) {
    self.count = count
    self.ordinal = ordinal
    self.set = set
  }

  init(parsing object: JSONObject) throws(FormatError) {
    count = try object.integer("count", in: 1...Limits.shardCount)
    ordinal = try object.integer("ordinal", in: 1...count)
    set = try object.digest("set")
  }

  var json: JSONValue {
    .object([
      ("count", .integer(count)), ("ordinal", .integer(ordinal)), ("set", .string(set.hex)),
    ])
  }
}

/// The set that a file is the index of: `formats/tlcq.md` §7, `shards`.
public struct ShardIndex: Equatable, Sendable {
  /// The root digest of each shard, in order.
  public let roots: [Digest]
  /// What the files of the set have in common.
  public let set: Digest
  /// Where the file gives each root; none in an index that is being written.
  let rootOffsets: [Int]

  init(roots: [Digest], set: Digest) {
    self.roots = roots
    rootOffsets = []
    self.set = set
  }

  init(parsing object: JSONObject) throws(FormatError) {
    let count = try object.integer("count", in: 1...Limits.shardCount)
    var roots: [Digest] = []
    let values = try object.array("roots")
    for value in values { roots.append(try object.digest("roots", value)) }
    guard roots.count == count else {
      throw object.outOfRange(
        "roots", "\(roots.count) digests", allowed: "one for each of \(count) shards",
        at: try object.value("roots").offset)
    }
    self.roots = roots
    rootOffsets = values.map { $0.offset }
    set = try object.digest("set")
  }

  var json: JSONValue {
    .object([
      ("count", .integer(roots.count)), ("roots", .array(roots.map { .string($0.hex) })),
      ("set", .string(set.hex)),
    ])
  }

  /// The path of a shard, from that of the index, which ends in `.tlcq`.
  static func path(ofShard ordinal: Int, count: Int, indexPath: String) -> String {
    func digits(_ number: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
    let stem = indexPath.hasSuffix(".tlcq") ? String(indexPath.dropLast(5)) : indexPath
    return "\(stem)-\(digits(ordinal))-of-\(digits(count)).tlcq"
  }
}
