/// The merges of byte-pair encoding, by the ids of the two tokens that they join.
struct MergeTable: Sendable {
  struct Merge: Sendable {
    var rank: UInt32
    var id: Int32
  }

  private var merges: [UInt64: Merge] = [:]

  /// Merges in their order; of two of the same tokens the later one holds.
  init(
    _ pairs: [(first: [UInt8], second: [UInt8])], _ vocabulary: Vocabulary, file: String
  ) throws(TextError) {
    guard pairs.count <= TextLimits.tokenCount else {
      throw .limit(file: file, "\(pairs.count) merges, beyond \(TextLimits.tokenCount), the limit")
    }
    merges.reserveCapacity(pairs.count)
    for (rank, pair) in pairs.enumerated() {
      guard let first = vocabulary.id(of: pair.first), let second = vocabulary.id(of: pair.second),
        let joined = vocabulary.id(of: pair.first + pair.second)
      else {
        throw .malformed(
          file: file,
          "merge \(rank + 1) is of tokens, or makes one, that the vocabulary does not have")
      }
      merges[Self.key(first, second)] = Merge(rank: UInt32(rank), id: joined)
    }
  }

  @inline(__always)
  func merge(_ first: Int32, _ second: Int32) -> Merge? { merges[Self.key(first, second)] }

  @inline(__always)
  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }
}
