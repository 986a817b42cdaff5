internal import TLCCore

/// A pattern that a mask may have, known from how it was made.
public enum MaskPattern: Hashable, Sendable {
  /// Up to `n` of each `m` neighbours along `axis` are not zero.
  case nOfM(n: Int, m: Int, axis: Int)
  /// Whole blocks are zero; a length an axis.
  case block([Int])
}

/// A way to store which elements are kept.
struct MaskCandidate: Sendable {
  /// The elements kept: all that must be, and where the pattern asks for them, others.
  let mask: Bitmap
  private let kind: String
  private let summary: String
  private let symbols: PlaneSymbols
  private let parameters: [(key: String, value: JSONValue)]

  private init(
    _ kind: String, summary: String? = nil, _ mask: Bitmap, _ symbols: PlaneSymbols,
    _ parameters: [(key: String, value: JSONValue)] = []
  ) {
    self.mask = mask
    self.kind = kind
    self.summary = summary ?? kind
    self.symbols = symbols
    self.parameters = parameters
  }

  /// Every way to store `mask`, in the specification's order.
  static func all(of mask: Bitmap, shape: Shape, patterns: [MaskPattern]) -> [MaskCandidate] {
    var candidates = [
      MaskCandidate(
        BitmaskRecord.kind, mask, PlaneSymbols(bytes: BitmaskRecord.bytes(of: mask)))
    ]
    for case .nOfM(let n, let m, let axis) in patterns {
      if let candidate = nOfM(n, m, axis, mask, shape) { candidates.append(candidate) }
    }
    if let gap = gap(mask) { candidates.append(gap) }
    for case .block(let block) in patterns where block.count == shape.rank && shape.rank > 0 {
      candidates.append(self.block(block, mask, shape))
    }
    return candidates
  }

  /// No code of the mask's plane has fewer bits than this.
  var leastBitCount: Double { symbols.entropyBits }

  /// The mask as it is stored.
  func encoded(with encoder: PlaneEncoder) -> EncodedObject {
    EncodedObject(
      summary: summary,
      fields: [("kind", .json(.string(kind))), ("kept", .json(.integer(mask.keptCount)))]
        + parameters.map { ($0.key, .json($0.value)) }
        + [("plane", .plane(encoder.encode(symbols, role: "mask")))])
  }

  private static func gap(_ mask: Bitmap) -> MaskCandidate? {
    var gaps: [UInt32] = []
    gaps.reserveCapacity(mask.keptCount)
    var next = 0
    var longest = 0
    mask.forEachKept { position in
      longest = max(longest, position - next)
      gaps.append(UInt32(truncatingIfNeeded: position - next))
      next = position + 1
    }
    guard longest <= GapRecord.greatestMaximum else { return nil }
    return MaskCandidate(
      GapRecord.kind, mask, PlaneSymbols(words: gaps, width: UInt(longest).bitCount),
      [("maximum", .integer(longest))])
  }

  private static func nOfM(
    _ n: Int, _ m: Int, _ axis: Int, _ mask: Bitmap, _ shape: Shape
  ) -> MaskCandidate? {
    guard NOfMGroups.allowedM.contains(m), (1..<m).contains(n), (0..<shape.rank).contains(axis)
    else { return nil }
    let groups = NOfMGroups(n: n, m: m, axis: axis, shape: shape)
    var ranks: [UInt32] = []
    ranks.reserveCapacity(groups.count)
    var kept = Bitmap(repeating: false, count: mask.count)
    for group in 0..<groups.count {
      guard let rank = groups.rank(ofGroup: group, needed: { mask[$0] }) else { return nil }
      ranks.append(rank)
      groups.forEachKept(inGroup: group, rank: rank) { kept[$0] = true }
    }
    return MaskCandidate(
      NOfMRecord.kind, summary: "\(n):\(m)", kept,
      PlaneSymbols(words: ranks, width: groups.width),
      [("axis", .integer(axis)), ("m", .integer(m)), ("n", .integer(n))])
  }

  private static func block(
    _ block: [Int], _ mask: Bitmap, _ shape: Shape
  ) -> MaskCandidate {
    let grid = BlockGrid(block: block, shape: shape)
    var blocks = Bitmap(repeating: false, count: grid.count)
    grid.forEachElement { element, block in if mask[element] { blocks[block] = true } }
    var kept = Bitmap(repeating: false, count: mask.count)
    grid.forEachElement { element, block in if blocks[block] { kept[element] = true } }
    return MaskCandidate(
      BlockRecord.kind, summary: grid.summary, kept,
      PlaneSymbols(bytes: BitmaskRecord.bytes(of: blocks)), [("block", .integers(block))])
  }
}

extension PlaneSymbols {
  /// The bits that no code without regard to place undercuts: the order-0 entropy.
  fileprivate var entropyBits: Double {
    switch storage {
    case .bytes(let bytes):
      var histogram = [Int](repeating: 0, count: 256)
      for byte in bytes { histogram[Int(byte)] += 1 }
      return histogram.entropyBits
    case .words(let words):
      var histogram = [Int](repeating: 0, count: Int(words.max() ?? 0) + 1)
      for word in words { histogram[Int(word)] += 1 }
      return histogram.entropyBits
    }
  }
}
