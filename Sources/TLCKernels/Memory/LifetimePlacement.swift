/// Places in one memory for what is needed for a time: no two that are needed at once overlap.
///
/// The largest, to a number that is fixed, each take the first gap that is free for all their life.
/// The rest, of which common models have none, share blocks of equal size behind them, so that no graph
/// makes planning slow.
public struct LifetimePlacement: Sendable {
  /// What has memory for a time.
  public struct Life: Sendable {
    /// The first and the last moment at which it is used.
    public var moments: ClosedRange<Int>
    /// The bytes that it takes.
    public var byteCount: Int

    /// Bytes that are used from the first moment to the last.
    public init(_ moments: ClosedRange<Int>, byteCount: Int) {
      self.moments = moments
      self.byteCount = byteCount
    }
  }

  /// The first byte of each life, in their order; a multiple of ``Storage/alignment``.
  public private(set) var offsets: [Int]
  /// The bytes that all take together.
  public private(set) var byteCount = 0

  /// How many lives are fitted into gaps, which takes time with the square of it.
  static let fittedCount = 4_096

  /// Places what has these lives.
  public init(_ lives: [Life]) {
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
      for other in placed where other.life.moments.overlaps(life.moments) {
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
    let starts = places.sorted {
      (lives[$0].moments.lowerBound, $0) < (lives[$1].moments.lowerBound, $1)
    }
    var rest = places.sorted {
      (lives[$0].moments.upperBound, $0) < (lives[$1].moments.upperBound, $1)
    }[...]
    var free: [Int: [Int]] = [:]
    for place in starts {
      while let other = rest.first,
        lives[other].moments.upperBound < lives[place].moments.lowerBound
      {
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
