internal import TLCCore
internal import TLCSystem

/// A zip archive, read through its central directory; members stored or deflated.
struct ZipArchive: Sendable {
  struct Member: Sendable {
    var name: String
    var isDeflated: Bool
    var checksum: UInt32
    var storedByteCount: Int
    var byteCount: Int
    fileprivate var headerOffset: Int
  }

  let path: String
  private let file: InputFile
  /// In the order of the directory; names are unique.
  let members: [Member]

  static let greatestMemberCount = 100_000
  private static let greatestRatio = 1_032

  static func isSignature(_ prefix: [UInt8]) -> Bool {
    prefix.starts(with: [0x50, 0x4B, 3, 4]) || prefix.starts(with: [0x50, 0x4B, 5, 6])
  }

  init(_ input: ImportInput) throws(ImportError) {
    path = input.path
    file = input.file
    members = try Self.directory(input)
  }

  private static func malformed(_ input: ImportInput, _ what: String) -> ImportError {
    .malformed(path: input.path, dataset: nil, "the zip archive is damaged: \(what)")
  }

  private static func read(
    _ input: ImportInput, at offset: Int, count: Int
  ) throws(ImportError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= input.byteCount, count <= input.byteCount - offset
    else { throw malformed(input, "a part lies outside of the file") }
    let file = input.file
    return try importing { () throws(IOError) in try file.read(at: offset, count: count) }
  }

  /// Where the central directory lies, and how many members it has.
  private static func directoryPlace(
    _ input: ImportInput
  ) throws(ImportError) -> (offset: Int, byteCount: Int, count: Int) {
    let tailCount = min(input.byteCount, 65_557)
    let start = input.byteCount - tailCount
    let tail = try read(input, at: start, count: tailCount)
    var end = tailCount - 22
    while end >= 0, !tail[end...].starts(with: [0x50, 0x4B, 5, 6]) { end -= 1 }
    guard end >= 0 else { throw malformed(input, "it has no directory") }
    var count = tail.number(at: end + 10, byteCount: 2)
    var byteCount = tail.number(at: end + 12, byteCount: 4)
    var offset = tail.number(at: end + 16, byteCount: 4)
    guard tail.number(at: end + 4, byteCount: 2) == 0 else {
      throw .unsupported(path: input.path, dataset: nil, "a zip archive of several disks")
    }
    if count == 0xFFFF || byteCount == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      let locator = try read(input, at: start + end - 20, count: 20)
      guard locator.starts(with: [0x50, 0x4B, 6, 7]) else {
        throw malformed(input, "its large directory is not there")
      }
      let large = try read(input, at: locator.number(at: 8, byteCount: 8), count: 56)
      guard large.starts(with: [0x50, 0x4B, 6, 6]) else {
        throw malformed(input, "its large directory is not there")
      }
      count = large.number(at: 32, byteCount: 8)
      byteCount = large.number(at: 40, byteCount: 8)
      offset = large.number(at: 48, byteCount: 8)
    }
    guard count >= 0, count <= greatestMemberCount else {
      throw malformed(input, "it has \(count) members, more than \(greatestMemberCount)")
    }
    return (offset, byteCount, count)
  }

  private static func directory(_ input: ImportInput) throws(ImportError) -> [Member] {
    let place = try directoryPlace(input)
    let bytes = try read(input, at: place.offset, count: place.byteCount)
    var members: [Member] = []
    var names: Set<[UInt8]> = []
    var at = 0
    for _ in 0..<place.count {
      guard bytes.count - at >= 46, bytes[at...].starts(with: [0x50, 0x4B, 1, 2]) else {
        throw malformed(input, "its directory is cut short")
      }
      let nameCount = bytes.number(at: at + 28, byteCount: 2)
      let extraCount = bytes.number(at: at + 30, byteCount: 2)
      let commentCount = bytes.number(at: at + 32, byteCount: 2)
      guard bytes.count - at - 46 >= nameCount + extraCount + commentCount else {
        throw malformed(input, "its directory is cut short")
      }
      let utf8 = Array(bytes[at + 46..<at + 46 + nameCount])
      guard let name = String(validating: utf8, as: UTF8.self), names.insert(utf8).inserted else {
        throw malformed(input, "a member's name is not UTF-8, or not its own")
      }
      guard bytes.number(at: at + 8, byteCount: 2) & 1 == 0 else {
        throw .unsupported(path: input.path, dataset: name, "an encrypted member")
      }
      let method = bytes.number(at: at + 10, byteCount: 2)
      guard method == 0 || method == 8 else {
        throw .unsupported(path: input.path, dataset: name, "compression method \(method)")
      }
      var member = Member(
        name: name, isDeflated: method == 8,
        checksum: UInt32(bytes.number(at: at + 16, byteCount: 4)),
        storedByteCount: bytes.number(at: at + 20, byteCount: 4),
        byteCount: bytes.number(at: at + 24, byteCount: 4),
        headerOffset: bytes.number(at: at + 42, byteCount: 4))
      let extra = Array(bytes[at + 46 + nameCount..<at + 46 + nameCount + extraCount])
      try widen(&member, by: extra, input)
      guard member.storedByteCount >= 0, member.byteCount >= 0, member.headerOffset >= 0,
        member.storedByteCount <= input.byteCount,
        member.byteCount / greatestRatio <= member.storedByteCount
      else { throw malformed(input, "member \(name) cannot be as long as it says") }
      members.append(member)
      at += 46 + nameCount + extraCount + commentCount
    }
    return members
  }

  /// Takes the sizes that do not fit 32 bits from a member's extra field.
  private static func widen(
    _ member: inout Member, by extra: [UInt8], _ input: ImportInput
  ) throws(ImportError) {
    var at = 0
    while extra.count - at >= 4 {
      let count = extra.number(at: at + 2, byteCount: 2)
      guard extra.count - at - 4 >= count else { return }
      if extra.number(at: at, byteCount: 2) == 1 {
        var place = at + 4
        for path in [\Member.byteCount, \Member.storedByteCount, \Member.headerOffset]
        where member[keyPath: path] == 0xFFFF_FFFF {
          guard place + 8 <= at + 4 + count else {
            throw malformed(input, "a member's large size is not there")
          }
          member[keyPath: path] = extra.number(at: place, byteCount: 8)
          place += 8
        }
      }
      at += 4 + count
    }
  }

  /// The contents of a member, whose checksum is right.
  func bytes(of member: Member) throws(ImportError) -> [UInt8] {
    let input = try ImportInput(path: path)
    let header = try Self.read(input, at: member.headerOffset, count: 30)
    guard header.starts(with: [0x50, 0x4B, 3, 4]) else {
      throw Self.malformed(input, "member \(member.name) is not where the directory says")
    }
    let start =
      member.headerOffset + 30 + header.number(at: 26, byteCount: 2)
      + header.number(at: 28, byteCount: 2)
    var bytes = try Self.read(input, at: start, count: member.storedByteCount)
    if member.isDeflated {
      do throws(DeflateError) {
        bytes = try Deflate.inflate(bytes.span, count: member.byteCount, format: .raw)
      } catch {
        throw Self.malformed(input, "member \(member.name): \(error)")
      }
    }
    guard bytes.count == member.byteCount, Checksum.crc32(bytes.span) == member.checksum else {
      throw Self.malformed(input, "member \(member.name) does not have the checksum it states")
    }
    return bytes
  }
}

extension [UInt8] {
  /// A little-endian number; a 64-bit one that is beyond `Int` is −1.
  ///
  /// - Precondition: its bytes are there.
  func number(at offset: Int, byteCount: Int) -> Int {
    var number: UInt64 = 0
    for byte in (0..<byteCount).reversed() { number = number << 8 | UInt64(self[offset + byte]) }
    return Int(exactly: number) ?? -1
  }
}
