import TLCKernels

/// Places in one memory for what is needed for a time: no two that are needed at once overlap.
///
/// The largest, to a number that is fixed, each take the first gap that is free for all their life.
/// The rest, of which common models have none, share blocks of equal size behind them, so that no graph
/// makes planning slow.
struct ArenaPacking {
  /// What has memory from one step to another, both included.
  struct Life {
    var first: Int
    var last: Int
    var byteCount: Int
  }

  /// The first byte of each life, in their order; a multiple of ``Storage/alignment``.
  private(set) var offsets: [Int]
  private(set) var byteCount = 0

  /// How many lives are fitted into gaps, which takes time with the square of it.
  static let fittedCount = 4_096

  init(_ lives: [Life]) {
    offsets = Array(repeating: 0, count: lives.count)
    let bySize = lives.indices.sorted {
      (lives[$1].byteCount, $0) < (lives[$0].byteCount, $1)
    }
    fit(bySize.prefix(Self.fittedCount), of: lives)
    share(bySize.dropFirst(Self.fittedCount), of: lives)
  }

  /// The bytes that a life takes.
  private static func size(_ life: Life) -> Int {
    let alignment = Storage.alignment
    return max(alignment, (life.byteCount + alignment - 1) / alignment * alignment)
  }

  /// Gives each the first gap that is free for all its life.
  private mutating func fit(_ places: ArraySlice<Int>, of lives: [Life]) {
    /// In the order of their bytes.
    var placed: [(life: Life, range: Range<Int>)] = []
    for place in places {
      let life = lives[place]
      let size = Self.size(life)
      var offset = 0
      for other in placed where other.life.first <= life.last && life.first <= other.life.last {
        if other.range.lowerBound - offset >= size { break }
        offset = max(offset, other.range.upperBound)
      }
      let range = offset..<offset + size
      placed.insert((life, range), at: Self.firstIndex(of: placed, from: offset))
      offsets[place] = offset
      byteCount = max(byteCount, range.upperBound)
    }
  }

  /// The first of what is placed that starts at an offset or behind it.
  private static func firstIndex(
    of placed: [(life: Life, range: Range<Int>)], from offset: Int
  ) -> Int {
    var (low, high) = (0, placed.count)
    while low < high {
      let middle = (low + high) / 2
      if placed[middle].range.lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Gives each a block of its size that is free again, or a new one.
  private mutating func share(_ places: ArraySlice<Int>, of lives: [Life]) {
    let starts = places.sorted { (lives[$0].first, $0) < (lives[$1].first, $1) }
    var rest = places.sorted { (lives[$0].last, $0) < (lives[$1].last, $1) }[...]
    var free: [Int: [Int]] = [:]
    for place in starts {
      while let other = rest.first, lives[other].last < lives[place].first {
        free[Self.size(lives[other]), default: []].append(offsets[other])
        rest.removeFirst()
      }
      let size = Self.size(lives[place])
      if let offset = free[size]?.popLast() {
        offsets[place] = offset
      } else {
        offsets[place] = byteCount
        byteCount += size
      }
    }
  }
}
