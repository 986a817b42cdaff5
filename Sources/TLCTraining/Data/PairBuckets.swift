import TLCCore

/// Pairs of texts in order of their lengths, cut into buckets of so many tokens.
///
/// Cuts depend on lengths alone, so that each epoch has as many buckets.
struct PairBuckets: Sendable {
  /// The tokens of a pair, filled up to multiples of 8.
  struct Lengths: Hashable, Comparable {
    let source: Int
    /// Those that are read, and as many to be written.
    let target: Int

    init(_ pair: TranslationTask.Pair, most: Int) {
      func filled(_ count: Int) -> Int { min(most, (count + 7) / 8 * 8) }
      source = filled(pair.source.count)
      target = filled(pair.target.count - 1)
    }

    var longest: Int { max(source, target) }

    static func < (a: Self, b: Self) -> Bool {
      (a.longest, a.target, a.source) < (b.longest, b.target, b.source)
    }
  }

  /// As they were given.
  let pairs: [TranslationTask.Pair]
  /// In order of their lengths.
  let sorted: [TranslationTask.Pair]
  /// Where each bucket is among the sorted ones.
  let buckets: [Range<Int>]
  /// Where the pairs of each length are among the sorted ones, in order.
  private let groups: [Range<Int>]

  /// - Parameters:
  ///   - most: the tokens that the model takes.
  ///   - tokenCount: the most of a bucket on a side; `nil` for no buckets.
  init(_ pairs: [TranslationTask.Pair], most: Int, tokenCount: Int?) {
    self.pairs = pairs
    let lengths = pairs.map { Lengths($0, most: most) }
    let order = pairs.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    sorted = order.map { pairs[$0] }
    var (groups, buckets) = ([Range<Int>](), [Range<Int>]())
    var (group, bucket) = (0, 0)
    for place in order.indices {
      let own = lengths[order[place]]
      if own != lengths[order[group]] {
        groups.append(group..<place)
        group = place
      }
      if let tokenCount, (place + 1 - bucket) * own.longest > tokenCount, place > bucket {
        buckets.append(bucket..<place)
        bucket = place
      }
    }
    groups.append(group..<order.count)
    if tokenCount != nil { buckets.append(bucket..<order.count) }
    self.groups = groups
    self.buckets = buckets
  }

  /// The pairs of a bucket in an epoch: those of one length change places with each other.
  func pairs(of bucket: Int, epoch: Int, seed: UInt64) -> [TranslationTask.Pair] {
    let range = buckets[bucket]
    var pairs: [TranslationTask.Pair] = []
    for (number, group) in groups.enumerated() where group.overlaps(range) {
      var random = SplitMix64(
        seed: seed &* 0xD129_0D3A_7C0F_5B27 ^ UInt64(epoch) &* 0x8CB9_2BA7_2F3D_8DD7
          ^ UInt64(number) &* 0xAEF1_7502_108E_F2D9)
      let order = group.shuffled(using: &random)
      let part = group.clamped(to: range)
      for place in part { pairs.append(sorted[order[place - group.lowerBound]]) }
    }
    return pairs
  }
}
