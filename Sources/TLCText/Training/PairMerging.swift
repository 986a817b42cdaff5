/// Learns merges: of all pairs of neighbours within words, the most frequent is joined, over and over
/// (Sennrich et al., 2016). Of equal pairs the one of the lesser ids is, the first token's first.
struct PairMerging {
  /// A pair of tokens that are one token from now on.
  struct Merge: Equatable {
    var first: Int32
    var second: Int32
  }

  private struct Candidate {
    var count: Int
    var pair: UInt64

    /// Whether it comes before another.
    func precedes(_ other: Candidate) -> Bool {
      count != other.count ? count > other.count : pair < other.pair
    }
  }

  private var words: [[Int32]]
  private let counts: [Int]
  private var pairCounts: [UInt64: Int] = [:]
  /// The words that a pair was seen in; it may have gone from some of them.
  private var places: [UInt64: [Int32]] = [:]
  private var heap: [Candidate] = []

  /// - Parameter words: words as tokens, each with how often it occurs, in a fixed order.
  init(_ words: [(tokens: [Int32], count: Int)]) {
    self.words = words.map { $0.tokens }
    counts = words.map { $0.count }
    for place in self.words.indices {
      for pair in Self.pairs(self.words[place]) { add(pair, counts[place], at: place) }
    }
    heap = pairCounts.map { Candidate(count: $0.value, pair: $0.key) }
    heap.sort { $0.precedes($1) }
  }

  private static func pairs(_ word: [Int32]) -> [UInt64] {
    zip(word, word.dropFirst()).map { key($0, $1) }
  }

  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }

  private mutating func add(_ pair: UInt64, _ count: Int, at word: Int) {
    pairCounts[pair, default: 0] += count
    places[pair, default: []].append(Int32(word))
  }

  /// Joins the most frequent pair everywhere.
  ///
  /// - Parameters:
  ///   - leastCount: a pair of fewer occurrences is not joined.
  ///   - id: the token that a pair becomes.
  /// - Returns: `nil` where there is no such pair.
  mutating func next(leastCount: Int, as id: (Merge) -> Int32) -> Merge? {
    while let candidate = pop() {
      let count = pairCounts[candidate.pair] ?? 0
      guard count == candidate.count else {
        // It has changed since: it goes back with the count that it has.
        if count > 0 { push(Candidate(count: count, pair: candidate.pair)) }
        continue
      }
      guard count >= max(1, leastCount) else { return nil }
      let merge = Merge(
        first: Int32(truncatingIfNeeded: candidate.pair >> 32),
        second: Int32(truncatingIfNeeded: candidate.pair))
      join(merge, candidate.pair, as: id(merge))
      return merge
    }
    return nil
  }

  private mutating func join(_ merge: Merge, _ pair: UInt64, as id: Int32) {
    var changed: Set<UInt64> = []
    for place in Set(places.removeValue(forKey: pair) ?? []) {
      let word = Int(place)
      let old = words[word]
      var new: [Int32] = []
      var i = 0
      while i < old.count {
        if i + 1 < old.count, old[i] == merge.first, old[i + 1] == merge.second {
          new.append(id)
          i += 2
        } else {
          new.append(old[i])
          i += 1
        }
      }
      guard new.count < old.count else { continue }
      for pair in Self.pairs(old) { pairCounts[pair, default: 0] -= counts[word] }
      for neighbours in Self.pairs(new) {
        add(neighbours, counts[word], at: word)
        let isNew =
          Int32(truncatingIfNeeded: neighbours >> 32) == id
          || Int32(truncatingIfNeeded: neighbours) == id
        if isNew { changed.insert(neighbours) }
      }
      words[word] = new
    }
    pairCounts[pair] = nil
    for pair in changed {
      if let count = pairCounts[pair], count > 0 { push(Candidate(count: count, pair: pair)) }
    }
  }

  private mutating func push(_ candidate: Candidate) {
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> Candidate? {
    guard let top = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return top }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].precedes(heap[least]) { least = child }
      if least == parent { return top }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
