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
  let object: EncodedObject

  /// Every way to store `mask`, in the specification's order.
  static func all(
    of mask: Bitmap, shape: Shape, patterns: [MaskPattern], with encoder: PlaneEncoder
  ) -> [MaskCandidate] {
    var candidates = [bitmask(mask, encoder)]
    for case .nOfM(let n, let m, let axis) in patterns {
      if let candidate = nOfM(n, m, axis, mask, shape, encoder) { candidates.append(candidate) }
    }
    if let gap = gap(mask, encoder) { candidates.append(gap) }
    for case .block(let block) in patterns where block.count == shape.rank && shape.rank > 0 {
      candidates.append(self.block(block, mask, shape, encoder))
    }
    return candidates
  }

  private static func object(
    _ kind: String, summary: String, _ mask: Bitmap, _ symbols: PlaneSymbols,
    _ encoder: PlaneEncoder,
    _ parameters: [(key: String, value: JSONValue)] = []
  ) -> EncodedObject {
    EncodedObject(
      summary: summary,
      fields: [("kind", .json(.string(kind))), ("kept", .json(.integer(mask.keptCount)))]
        + parameters.map { ($0.key, .json($0.value)) }
        + [("plane", .plane(encoder.encode(symbols, role: "mask")))])
  }

  private static func bitmask(_ mask: Bitmap, _ encoder: PlaneEncoder) -> MaskCandidate {
    let symbols = PlaneSymbols(bytes: BitmaskRecord.bytes(of: mask))
    return MaskCandidate(
      mask: mask,
      object: object(
        BitmaskRecord.kind, summary: BitmaskRecord.kind, mask, symbols, encoder))
  }

  private static func gap(_ mask: Bitmap, _ encoder: PlaneEncoder) -> MaskCandidate? {
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
    let symbols = PlaneSymbols(words: gaps, width: UInt(longest).bitCount)
    return MaskCandidate(
      mask: mask,
      object: object(
        GapRecord.kind, summary: GapRecord.kind, mask, symbols, encoder,
        [("maximum", .integer(longest))]))
  }

  private static func nOfM(
    _ n: Int, _ m: Int, _ axis: Int, _ mask: Bitmap, _ shape: Shape, _ encoder: PlaneEncoder
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
    let symbols = PlaneSymbols(words: ranks, width: groups.width)
    return MaskCandidate(
      mask: kept,
      object: object(
        NOfMRecord.kind, summary: "\(n):\(m)", kept, symbols, encoder,
        [("axis", .integer(axis)), ("m", .integer(m)), ("n", .integer(n))]))
  }

  private static func block(
    _ block: [Int], _ mask: Bitmap, _ shape: Shape, _ encoder: PlaneEncoder
  ) -> MaskCandidate {
    let grid = BlockGrid(block: block, shape: shape)
    var blocks = Bitmap(repeating: false, count: grid.count)
    grid.forEachElement { element, block in if mask[element] { blocks[block] = true } }
    var kept = Bitmap(repeating: false, count: mask.count)
    grid.forEachElement { element, block in if blocks[block] { kept[element] = true } }
    let symbols = PlaneSymbols(bytes: BitmaskRecord.bytes(of: blocks))
    return MaskCandidate(
      mask: kept,
      object: object(
        BlockRecord.kind, summary: grid.summary, kept, symbols, encoder,
        [("block", .integers(block))]))
  }
}
