internal import TLCCore
internal import TLCSystem

/// The central directory of a zip archive, with 64-bit sizes where it has them.
struct ZipDirectory {
  private(set) var members: [ZipArchive.Member] = []

  private let path: String
  private let fileByteCount: Int

  static let greatestMemberCount = 100_000
  /// The most bytes that a member may have.
  static let greatestMemberByteCount = 16 << 30
  /// The most that a byte of DEFLATE can give.
  private static let greatestRatio = 1_032

  private struct Place {
    var offset: Int
    var byteCount: Int
    var count: Int
  }

  init(_ file: InputFile) throws(ImportError) {
    path = file.path
    fileByteCount = file.byteCount
    let place = try place(in: file)
    let bytes = try file.archived(at: place.offset, count: place.byteCount)
    var names: Set<[UInt8]> = []
    var at = 0
    for _ in 0..<place.count {
      guard bytes.count - at >= 46, bytes[at...].starts(with: [0x50, 0x4B, 1, 2]) else {
        throw malformed("its directory is cut short")
      }
      let nameCount = bytes.number(at: at + 28, byteCount: 2)
      let extraCount = bytes.number(at: at + 30, byteCount: 2)
      let commentCount = bytes.number(at: at + 32, byteCount: 2)
      guard bytes.count - at - 46 >= nameCount + extraCount + commentCount else {
        throw malformed("its directory is cut short")
      }
      let end = at + 46 + nameCount + extraCount
      let member = try member(Array(bytes[at..<end]), nameCount: nameCount)
      guard names.insert(Array(member.name.utf8)).inserted else {
        throw malformed("it has two members \(member.name)")
      }
      members.append(member)
      at = end + commentCount
    }
    guard at == bytes.count else { throw malformed("its directory has more bytes than members") }
  }

  private func malformed(_ what: String) -> ImportError {
    .malformed(path: path, dataset: nil, "the zip archive is damaged: \(what)")
  }

  /// Where the directory lies: the record of its place is the last whose comment ends the file.
  private func place(in file: InputFile) throws(ImportError) -> Place {
    let tailCount = min(fileByteCount, 65_557)
    let start = fileByteCount - tailCount
    let tail = try file.archived(at: start, count: tailCount)
    var end = tailCount - 22
    while end >= 0,
      !tail[end...].starts(with: [0x50, 0x4B, 5, 6])
        || tail.number(at: end + 20, byteCount: 2) != tailCount - end - 22
    { end -= 1 }
    guard end >= 0 else { throw malformed("it has no directory") }
    guard tail[end + 4..<end + 8].allSatisfy({ $0 == 0 }),
      tail[end + 8..<end + 10] == tail[end + 10..<end + 12]
    else { throw .unsupported(path: path, dataset: nil, "a zip archive of several disks") }
    var place = Place(
      offset: tail.number(at: end + 16, byteCount: 4),
      byteCount: tail.number(at: end + 12, byteCount: 4),
      count: tail.number(at: end + 10, byteCount: 2))
    if start + end >= 20 {
      let locator = try file.archived(at: start + end - 20, count: 20)
      if locator.starts(with: [0x50, 0x4B, 6, 7]) {
        let large = try file.archived(at: locator.number(at: 8, byteCount: 8), count: 56)
        guard large.starts(with: [0x50, 0x4B, 6, 6]) else {
          throw malformed("its large directory is not there")
        }
        place = Place(
          offset: large.number(at: 48, byteCount: 8), byteCount: large.number(at: 40, byteCount: 8),
          count: large.number(at: 32, byteCount: 8))
      }
    }
    guard (0...Self.greatestMemberCount).contains(place.count) else {
      throw malformed("it has more than \(Self.greatestMemberCount) members")
    }
    return place
  }

  /// A member of the directory, whose record these bytes are.
  private func member(
    _ record: [UInt8], nameCount: Int
  ) throws(ImportError) -> ZipArchive.Member {
    guard let name = String(validating: record[46..<46 + nameCount], as: UTF8.self) else {
      throw malformed("the name of a member is not UTF-8")
    }
    guard record.number(at: 8, byteCount: 2) & 1 == 0 else {
      throw .unsupported(path: path, dataset: name, "an encrypted member")
    }
    let method = record.number(at: 10, byteCount: 2)
    guard method == 0 || method == 8 else {
      throw .unsupported(path: path, dataset: name, "zip compression of method \(method)")
    }
    var member = ZipArchive.Member(
      name: name, isDeflated: method == 8,
      checksum: UInt32(record.number(at: 16, byteCount: 4)),
      storedByteCount: record.number(at: 20, byteCount: 4),
      byteCount: record.number(at: 24, byteCount: 4),
      headerOffset: record.number(at: 42, byteCount: 4))
    try widen(&member, by: Array(record[(46 + nameCount)...]))
    guard (0...fileByteCount).contains(member.storedByteCount),
      (0...fileByteCount).contains(member.headerOffset),
      (0...Self.greatestMemberByteCount).contains(member.byteCount),
      member.isDeflated
        ? member.byteCount / Self.greatestRatio <= member.storedByteCount
        : member.byteCount == member.storedByteCount
    else { throw malformed("member \(name) cannot be as long as it says") }
    return member
  }

  /// Takes the sizes that do not fit 32 bits from a member's extra field.
  private func widen(
    _ member: inout ZipArchive.Member, by extra: [UInt8]
  ) throws(ImportError) {
    var at = 0
    while extra.count - at >= 4 {
      let count = extra.number(at: at + 2, byteCount: 2)
      guard extra.count - at - 4 >= count else { return }
      if extra.number(at: at, byteCount: 2) == 1 {
        var place = at + 4
        for path in [\ZipArchive.Member.byteCount, \.storedByteCount, \.headerOffset]
        where member[keyPath: path] == 0xFFFF_FFFF {
          guard place + 8 <= at + 4 + count else {
            throw malformed("the large size of member \(member.name) is not there")
          }
          member[keyPath: path] = extra.number(at: place, byteCount: 8)
          place += 8
        }
      }
      at += 4 + count
    }
  }
}
