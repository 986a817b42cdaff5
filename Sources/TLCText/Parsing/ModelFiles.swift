internal import TLCCore

/// Vocabularies and merges, as the files of tokenizers have them.
enum ModelFiles {
  /// The tokens of an object whose keys they are, and whose values are their ids.
  static func vocabulary(_ fields: JSONFields) throws(TextError) -> Vocabulary {
    var entries: [(token: [UInt8], id: Int)] = []
    entries.reserveCapacity(fields.members.count)
    for (token, id) in fields.members {
      entries.append((Array(token.utf8), try fields.count(id, token, limit: TextLimits.tokenID)))
    }
    return try Vocabulary(entries, file: fields.file)
  }

  /// The tokens of a `vocab.txt`, one a line, whose ids are the lines from 0 up.
  static func vocabulary(lines bytes: [UInt8], file: String) throws(TextError) -> Vocabulary {
    var entries: [(token: [UInt8], id: Int)] = []
    for line in try lines(bytes, file: file) {
      var token = Array(line)
      while let (scalar, byteCount) = token.isEmpty ? nil : token.scalar(before: token.count),
        scalar.properties.isWhitespace
      {
        token.removeLast(byteCount)
      }
      entries.append((token, entries.count))
    }
    return try Vocabulary(entries, file: file)
  }

  /// Merges, each a list of two tokens, or both in a string with a space between.
  static func merges(
    _ elements: [StrictJSON], _ fields: JSONFields
  ) throws(TextError) -> [(first: [UInt8], second: [UInt8])] {
    var merges: [(first: [UInt8], second: [UInt8])] = []
    merges.reserveCapacity(elements.count)
    for element in elements {
      let parts =
        element.text.map {
          $0.utf8.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
        }
        ?? element.elements?.compactMap { $0.text.map { Array($0.utf8) } } ?? []
      guard parts.count == 2 else { throw fields.malformed("merges", "a list of pairs of tokens") }
      merges.append((parts[0], parts[1]))
    }
    return merges
  }

  /// The merges of a `merges.txt`, a pair a line, but for lines that start with `#version`.
  static func merges(
    lines bytes: [UInt8], file: String
  ) throws(TextError) -> [(first: [UInt8], second: [UInt8])] {
    var merges: [(first: [UInt8], second: [UInt8])] = []
    for line in try lines(bytes, file: file) where !line.starts(with: "#version".utf8) {
      let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw .malformed(
          file: file, "merge \(merges.count + 1) is not two tokens with a space between")
      }
      merges.append((Array(parts[0]), Array(parts[1])))
    }
    return merges
  }

  private static func lines(_ bytes: [UInt8], file: String) throws(TextError) -> [ArraySlice<UInt8>]
  {
    guard bytes.count <= TextLimits.fileByteCount else {
      throw .limit(
        file: file, "\(bytes.count) bytes, beyond \(TextLimits.fileByteCount), the limit")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .malformed(file: file, "it is not UTF-8")
    }
    var lines = bytes.split(
      separator: 0x0A, maxSplits: TextLimits.tokenCount + 2, omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines.map { $0.last == 0x0D ? $0.dropLast() : $0 }
  }
}
