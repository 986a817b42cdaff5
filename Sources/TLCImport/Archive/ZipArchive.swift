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
    var headerOffset: Int
  }

  let path: String
  private let file: InputFile
  /// In the order of the directory; names are unique.
  let members: [Member]

  static func isSignature(_ prefix: [UInt8]) -> Bool {
    prefix.starts(with: [0x50, 0x4B, 3, 4]) || prefix.starts(with: [0x50, 0x4B, 5, 6])
  }

  init(_ input: ImportInput) throws(ImportError) {
    path = input.path
    file = input.file
    members = try ZipDirectory(file).members
  }

  private func malformed(_ member: Member, _ what: String) -> ImportError {
    .malformed(
      path: path, dataset: nil, "the zip archive is damaged: member \(member.name) \(what)")
  }

  /// Where a member's stored bytes start.
  private func start(of member: Member) throws(ImportError) -> Int {
    let header = try file.archived(at: member.headerOffset, count: 30)
    guard header.starts(with: [0x50, 0x4B, 3, 4]) else {
      throw malformed(member, "is not where the directory says")
    }
    let nameCount = header.number(at: 26, byteCount: 2)
    let name = try file.archived(at: member.headerOffset + 30, count: nameCount)
    guard name.elementsEqual(member.name.utf8) else {
      throw malformed(member, "has another name in its own header")
    }
    return member.headerOffset + 30 + nameCount + header.number(at: 28, byteCount: 2)
  }

  /// The first bytes of a member, whose checksum is not looked at.
  func prefix(of member: Member, upTo count: Int) throws(ImportError) -> [UInt8] {
    let start = try start(of: member)
    let wanted = min(count, member.byteCount)
    guard member.isDeflated else { return try file.archived(at: start, count: wanted) }
    // Bytes that do not compress take a little more than they are.
    let stored = try file.archived(
      at: start, count: min(member.storedByteCount, wanted + wanted / 8 + 64))
    do throws(DeflateError) {
      return try Deflate.inflatePrefix(stored.span, upTo: wanted, format: .raw)
    } catch {
      throw malformed(member, "cannot be inflated: \(error)")
    }
  }

  /// The contents of a member, whose checksum is right.
  func bytes(of member: Member) throws(ImportError) -> [UInt8] {
    var bytes = try file.archived(at: try start(of: member), count: member.storedByteCount)
    if member.isDeflated {
      do throws(DeflateError) {
        bytes = try Deflate.inflate(bytes.span, count: member.byteCount, format: .raw)
      } catch {
        throw malformed(member, "cannot be inflated: \(error)")
      }
    }
    guard bytes.count == member.byteCount, Checksum.crc32(bytes.span) == member.checksum else {
      throw malformed(member, "does not have the checksum it states")
    }
    return bytes
  }
}

extension InputFile {
  /// A part of an archive.
  ///
  /// - Throws: ``ImportError`` where it lies outside of the file.
  func archived(at offset: Int, count: Int) throws(ImportError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
      throw .malformed(
        path: path, dataset: nil, "the zip archive is damaged: a part lies outside of the file")
    }
    return try importing { () throws(IOError) in try read(at: offset, count: count) }
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
