internal import TLCCore
public import TLCSystem

/// A row of the table of planes: `formats/tlcq.md` §4.1.
public struct PlaneRecord: Equatable, Sendable {
  /// Planes start at multiples of this many bytes.
  public static let alignment = 64
  /// The bytes of a chunk of which a digest is made.
  public static let chunkByteCount = 1 << 20

  /// The name of the codec.
  public let codec: String
  /// The digest of the stored bytes: `formats/tlcq.md` §4.1.
  public let digest: Digest
  /// Where the stored bytes lie in the file.
  public let bytes: Range<Int>
  /// The bytes of the raw form.
  public let rawByteCount: Int
  /// What the plane is used as: `codes`, `steps`, `mask` and so on.
  public let role: String
  /// Where the file names the codec; 0 in a record that is being written.
  var codecOffset = 0

  /// The offset of the next plane, or of the manifest.
  var end: Int { Self.aligned(bytes.upperBound) }

  static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

  /// The digest of a plane: that of its chunks' digests.
  static func digest(of stored: [UInt8], parallelism: Parallelism) -> Digest {
    let chunks = (stored.count + chunkByteCount - 1) / chunkByteCount
    let digests = parallelism.map(chunks) { chunk in
      let start = chunk * chunkByteCount
      return Digest(
        of: stored.span.extracting(start..<min(start + chunkByteCount, stored.count)))
    }
    let joined = digests.flatMap { $0.bytes }
    return Digest(of: joined.span)
  }
}

extension PlaneRecord {
  /// Parses a row, and checks its offset, which is determined (R15).
  init(parsing value: JSONValue, at expected: Int) throws(FormatError) {
    let object = try JSONObject(value, key: "planes")
    let most = 1 << 53 - 1
    codec = try object.string("codec")
    codecOffset = try object.value("codec").offset
    digest = try object.digest("digest")
    let length = try object.integer("length", in: 1...most)
    let offset = try object.integer("offset", in: 0...most)
    guard offset == expected else {
      throw FormatError(
        .planeOffset(declared: offset, expected: expected), at: try object.value("offset").offset)
    }
    rawByteCount = try object.integer("rawLength", in: 1...most)
    role = try object.string("role")
    bytes = offset..<offset + length
  }

  var json: JSONValue {
    .object([
      ("codec", .string(codec)), ("digest", .string(digest.hex)), ("length", .integer(bytes.count)),
      ("offset", .integer(bytes.lowerBound)), ("rawLength", .integer(rawByteCount)),
      ("role", .string(role)),
    ])
  }
}
