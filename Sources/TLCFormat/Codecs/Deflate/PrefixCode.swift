internal import TLCCore

/// A prefix code whose words a reader makes of their lengths: RFC 1951 §3.2.2.
struct PrefixCode: Sendable {
  /// The bits of each symbol's word, 0 where it has none.
  let lengths: [Int]
  /// The words, their first bit lowest.
  private let words: [UInt32]

  init(lengths: [Int]) {
    self.lengths = lengths
    let greatest = lengths.max() ?? 0
    var counts = [Int](repeating: 0, count: greatest + 1)
    for length in lengths where length > 0 { counts[length] += 1 }
    var next = [UInt32](repeating: 0, count: greatest + 2)
    for length in counts.indices.dropFirst() {
      next[length + 1] = (next[length] + UInt32(counts[length])) << 1
    }
    words = lengths.map { length in
      guard length > 0 else { return 0 }
      defer { next[length] += 1 }
      return next[length].reversed(bitCount: length)
    }
  }

  /// The code of the fewest bits whose words have at most `limit`, by package-merge (Larmore and
  /// Hirschberg, 1990). At least two symbols have words, so that every reader takes it.
  init(counts: [Int], limit: Int) {
    var counts = counts
    for symbol in counts.indices.prefix(2) where counts.count(where: { $0 > 0 }) < 2 {
      counts[symbol] = max(1, counts[symbol])
    }
    let leaves = counts.indices.filter { counts[$0] > 0 }
      .sorted { (counts[$0], $0) < (counts[$1], $1) }
    // Of each level the weights of leaves and of pairs of the level before, ascending.
    var levels: [[(weight: Int, isLeaf: Bool)]] = []
    for _ in 0..<limit {
      let before = levels.last ?? []
      var pairs = stride(from: 0, to: before.count - 1, by: 2)
        .map { before[$0].weight + before[$0 + 1].weight }[...]
      var level: [(weight: Int, isLeaf: Bool)] = []
      for leaf in leaves {
        while let pair = pairs.first, pair < counts[leaf] {
          level.append((pair, false))
          pairs.removeFirst()
        }
        level.append((counts[leaf], true))
      }
      levels.append(level + pairs.map { ($0, false) })
    }
    var lengths = [Int](repeating: 0, count: counts.count)
    var taken = 2 * leaves.count - 2
    for level in levels.reversed() {
      let leafCount = level.prefix(taken).count { $0.isLeaf }
      for leaf in leaves.prefix(leafCount) { lengths[leaf] += 1 }
      taken = 2 * (taken - leafCount)
    }
    self.init(lengths: lengths)
  }

  /// The bits of a symbol's word; more than any word has where it has none.
  func cost(of symbol: Int) -> UInt32 { UInt32(lengths[symbol] == 0 ? 16 : lengths[symbol]) }

  /// - Precondition: the symbol has a word.
  func write(_ symbol: Int, to writer: inout BitWriter) {
    writer.write(words[symbol], count: lengths[symbol])
  }
}

extension UInt32 {
  fileprivate func reversed(bitCount: Int) -> UInt32 {
    var (rest, result): (UInt32, UInt32) = (self, 0)
    for _ in 0..<bitCount {
      result = result << 1 | rest & 1
      rest >>= 1
    }
    return result
  }
}
