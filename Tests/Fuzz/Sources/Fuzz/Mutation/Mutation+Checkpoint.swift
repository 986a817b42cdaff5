import TLC

extension Mutation {
  /// Changes a `.tlcq` file, and computes the digests that it states again: of the superblock always,
  /// of the manifest and planes where they are changed. Without, no change would get past SHA-256.
  mutating func checkpoint(_ bytes: [UInt8]) -> [UInt8] {
    guard var parts = CheckpointParts(bytes) else { return self.bytes(bytes) }
    switch choice(8) {
    case 0: parts.superblock = Array(self.bytes(parts.superblock).prefix(96))
    case 1, 2, 3: parts.manifest = manifest(parts)
    default:
      guard let place = element(of: Array(parts.planes.indices)) else {
        parts.manifest = manifest(parts)
        break
      }
      parts.replacePlane(place, by: self.bytes(parts.planes[place]))
    }
    return parts.bytes
  }

  /// A deflated manifest is changed as it is stored: what it gives is what other files have as it is.
  private mutating func manifest(_ parts: CheckpointParts) -> [UInt8] {
    parts.isDeflated ? self.bytes(parts.manifest) : json(parts.manifest)
  }
}

/// A `.tlcq` file in the parts that it is put together from.
private struct CheckpointParts {
  /// The superblock but for its own digest.
  var superblock: [UInt8]
  /// What lies between the superblock and the manifest.
  private var body: [UInt8]
  /// The manifest as it is stored.
  var manifest: [UInt8]
  let isDeflated: Bool
  /// The stored bytes of each plane of the manifest.
  private(set) var planes: [[UInt8]] = []

  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 128 else { return nil }
    let offset = bytes[32..<40].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard offset >= 128, offset < bytes.count else { return nil }
    superblock = Array(bytes[..<96])
    body = Array(bytes[128..<Int(offset)])
    manifest = Array(bytes[Int(offset)...])
    isDeflated = bytes[12] & 4 != 0
    guard !isDeflated else { return }
    for record in StrictJSON(manifest)?["planes"]?.elements ?? [] {
      guard let start = record["offset"]?.count, let count = record["length"]?.count,
        start >= 128, count > 0, start <= Int(offset), count <= Int(offset) - start
      else {
        planes = []
        return
      }
      planes.append(Array(bytes[start..<start + count]))
    }
  }

  /// Puts other bytes in a plane's place, and lays all planes out anew.
  mutating func replacePlane(_ place: Int, by bytes: [UInt8]) {
    guard !bytes.isEmpty, case .object(var members)? = StrictJSON(manifest),
      let key = members.firstIndex(where: { $0.key == "planes" }),
      let records = members[key].value.elements, records.count == planes.count
    else { return }
    planes[place] = bytes
    body = []
    let laidOut = zip(records, planes).map { record, plane in
      body += Array(repeating: 0, count: -body.count & 63)
      let offset = 128 + body.count
      body += plane
      return StrictJSON.object(
        (record.members ?? []).map { member in
          switch member.key {
          case "offset": (member.key, .number("\(offset)"))
          case "length": (member.key, .number("\(plane.count)"))
          case "digest": (member.key, .string(Self.digest(ofPlane: plane).hex))
          default: member
          }
        })
    }
    body += Array(repeating: 0, count: -body.count & 63)
    members[key].value = .array(laidOut)
    manifest = Array(StrictJSON.object(members).json.utf8)
  }

  private static func digest(ofPlane bytes: [UInt8]) -> Digest {
    var hasher = Digest.Hasher()
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      let chunk = bytes[start..<min(start + 1 << 20, bytes.count)]
      hasher.update(Digest(of: Array(chunk).span).bytes.span)
    }
    return hasher.finalize()
  }

  /// The file, whose lengths and digests are right but where the superblock was changed to say
  /// something else.
  var bytes: [UInt8] {
    var head = superblock + Array(repeating: 0, count: max(0, 96 - superblock.count))
    let offset = 128 + body.count
    func put(_ number: Int, at place: Int) {
      for i in 0..<8 { head[place + i] = UInt8(truncatingIfNeeded: number >> (8 * i)) }
    }
    put(offset + manifest.count, at: 24)
    put(offset, at: 32)
    put(manifest.count, at: 40)
    head.replaceSubrange(48..<80, with: Digest(of: manifest.span).bytes)
    return head + Digest(of: head.span).bytes + body + manifest
  }
}
