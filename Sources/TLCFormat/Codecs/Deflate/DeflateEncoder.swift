internal import TLCCore

/// Writes DEFLATE (RFC 1951): the same bytes for the same input everywhere, which no library promises
/// from version to version.
///
/// Each block is the shortest that a few rounds find: what is said in which way is the shortest path
/// by the code of the round before, and its frequencies give the next code.
enum DeflateEncoder {
  /// The input bytes of a block, which has codes of its own.
  static let blockLength = 1 << 17
  private static let roundCount = 4

  /// Compresses bytes.
  ///
  /// - Precondition: there are some.
  static func deflate(_ bytes: [UInt8]) -> [UInt8] {
    precondition(!bytes.isEmpty)
    var writer = BitWriter()
    for start in stride(from: 0, to: bytes.count, by: blockLength) {
      let range = start..<min(start + blockLength, bytes.count)
      let (code, tokens) = block(bytes, range)
      writer.write(range.upperBound == bytes.count ? 1 : 0, count: 1)
      code.writeHeader(to: &writer)
      for token in tokens { code.write(token, to: &writer) }
      code.writeEnd(to: &writer)
    }
    writer.finish()
    return writer.bytes
  }

  /// The code and the tokens of a block.
  private static func block(
    _ bytes: [UInt8], _ range: Range<Int>
  ) -> (DeflateCode, [DeflateToken]) {
    let matches = DeflateMatches(bytes, range)
    var best = (code: DeflateCode.fixed, tokens: matches.shortestPath(.fixed))
    var bestCount = best.code.bitCount(best.tokens)
    var tokens = best.tokens
    for _ in 0..<roundCount {
      let code = DeflateCode(tokens)
      let count = code.bitCount(tokens)
      if count < bestCount { (best, bestCount) = ((code, tokens), count) }
      tokens = matches.shortestPath(code)
    }
    return best
  }
}

/// A byte, or a repetition of what stands before.
struct DeflateToken: Equatable, Sendable {
  /// The bytes that are repeated, 3 to 258, or 0 for a byte.
  let length: UInt16
  /// How far back they begin, 1 to 32768, or the byte.
  let value: UInt16

  init(byte: UInt8) { (length, value) = (0, UInt16(byte)) }

  init(length: Int, distance: Int) { (self.length, value) = (UInt16(length), UInt16(distance)) }
}
