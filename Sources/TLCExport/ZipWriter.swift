import TLCCore
import TLCSystem

/// Writes a zip archive of stored members; with 64-bit sizes where they are needed.
struct ZipWriter {
  private let file: AtomicFile
  private var directory: [UInt8] = []
  private var count = 0

  init(file: AtomicFile) { self.file = file }

  /// Appends a member whose contents are a header and a body.
  mutating func append(name: String, header: [UInt8], _ body: [UInt8]) throws(IOError) {
    let checksum = Checksum.crc32(body.span, continuing: Checksum.crc32(header.span))
    let size = header.count + body.count
    let offset = file.byteCount
    let isLarge = size >= 0xFFFF_FFFF
    var local: [UInt8] = [0x50, 0x4B, 3, 4]
    append(common(name, checksum, isLarge ? 0xFFFF_FFFF : size, isLarge ? 20 : 0), to: &local)
    local += Array(name.utf8)
    if isLarge { local += number(1, 2) + number(16, 2) + number(size, 8) + number(size, 8) }
    try file.append(local.span)
    try file.append(header.span)
    try file.append(body.span)

    let isFar = offset >= 0xFFFF_FFFF
    let extra =
      (isLarge ? number(size, 8) + number(size, 8) : []) + (isFar ? number(offset, 8) : [])
    let extraCount = extra.isEmpty ? 0 : extra.count + 4
    directory += [0x50, 0x4B, 1, 2] + number(45, 2)
    append(
      common(name, checksum, isLarge ? 0xFFFF_FFFF : size, extraCount), to: &directory)
    directory += number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4)
    directory += number(isFar ? 0xFFFF_FFFF : offset, 4) + Array(name.utf8)
    if !extra.isEmpty { directory += number(1, 2) + number(extra.count, 2) + extra }
    count += 1
  }

  /// The fields that a member's two headers share, from the version to the length of the extra.
  private func common(_ name: String, _ checksum: UInt32, _ size: Int, _ extra: Int) -> [UInt8] {
    let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
    return number(45, 2) + number(isASCII ? 0 : 0x800, 2) + number(0, 2) + number(0, 2)
      + number(0x21, 2) + number(Int(checksum), 4) + number(size, 4) + number(size, 4)
      + number(name.utf8.count, 2) + number(extra, 2)
  }

  private func append(_ bytes: [UInt8], to other: inout [UInt8]) { other += bytes }

  private func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// Appends the directory.
  func finish() throws(IOError) {
    let offset = file.byteCount
    var end = directory
    if count >= 0xFFFF || offset >= 0xFFFF_FFFF || directory.count >= 0xFFFF_FFFF {
      let large = offset + directory.count
      end += [0x50, 0x4B, 6, 6] + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 4)
      end += number(0, 4) + number(count, 8) + number(count, 8) + number(directory.count, 8)
      end += number(offset, 8)
      end += [0x50, 0x4B, 6, 7] + number(0, 4) + number(large, 8) + number(1, 4)
    }
    end += [0x50, 0x4B, 5, 6] + number(0, 2) + number(0, 2)
    end += number(min(count, 0xFFFF), 2) + number(min(count, 0xFFFF), 2)
    end += number(min(directory.count, 0xFFFF_FFFF), 4) + number(min(offset, 0xFFFF_FFFF), 4)
    end += number(0, 2)
    try file.append(end.span)
  }
}
