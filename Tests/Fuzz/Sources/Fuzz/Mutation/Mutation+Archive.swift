import TLC

extension Mutation {
  /// Changes a zip archive, and mostly one of its members, whose checksum is then that of the change.
  mutating func archive(_ bytes: [UInt8]) -> [UInt8] {
    guard choice(3) > 0, var members = ArchiveMember.all(of: bytes),
      let index = element(of: Array(members.indices))
    else { return self.bytes(bytes) }
    members[index].content = self.bytes(members[index].content)
    return ArchiveMember.archive(of: members)
  }
}

/// A member of a zip archive.
private struct ArchiveMember {
  var name: [UInt8]
  var content: [UInt8]

  /// The members, inflated; `nil` where the archive is not whole.
  static func all(of bytes: [UInt8]) -> [ArchiveMember]? {
    func number(_ place: Int, _ count: Int) -> Int {
      bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    var members: [ArchiveMember] = []
    for place in bytes.indices where bytes[place...].starts(with: [0x50, 0x4B, 1, 2]) {
      guard place + 46 <= bytes.count else { return nil }
      let (stored, count) = (number(place + 20, 4), number(place + 24, 4))
      let header = number(place + 42, 4)
      guard header + 30 <= bytes.count, count <= 1 << 20 else { return nil }
      let name = header + 30
      let start = name + number(header + 26, 2) + number(header + 28, 2)
      guard start <= bytes.count, stored <= bytes.count - start else { return nil }
      var content = Array(bytes[start..<start + stored])
      if number(place + 10, 2) == 8 {
        guard let all = try? Deflate.inflate(content.span, count: count, format: .raw) else {
          return nil
        }
        content = all
      }
      members.append(
        ArchiveMember(name: Array(bytes[name..<name + number(header + 26, 2)]), content: content))
    }
    return members
  }

  /// An archive that stores members as they are.
  static func archive(of members: [ArchiveMember]) -> [UInt8] {
    func little(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let count = little(member.content.count, 4)
      let fields =
        little(20, 2) + little(0, 8) + little(Int(Checksum.crc32(member.content.span)), 4) + count
        + count + little(member.name.count, 2) + little(0, 2)
      directory += [0x50, 0x4B, 1, 2] + little(20, 2) + fields + little(0, 10)
      directory += little(bytes.count, 4) + member.name
      bytes += [0x50, 0x4B, 3, 4] + fields + member.name + member.content
    }
    let counts = little(members.count, 2) + little(members.count, 2)
    let place = little(directory.count, 4) + little(bytes.count, 4)
    return bytes + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + counts + place + little(0, 2)
  }
}
