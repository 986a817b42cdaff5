/// A set of byte strings, each with an id, that finds the longest one at a place in a text.
///
/// An open hash table over one array of bytes. The hash takes a byte at a time, so that the hashes
/// of all prefixes of a text cost no more than that of the longest.
struct TokenTable: Sendable {
  /// The upper half of a hash, and an entry's index + 1; 0 where there is none.
  private var slots: [UInt64]
  private var bytes: [UInt8] = []
  /// Where in `bytes` each entry starts, and where the last one ends.
  private var starts: [Int] = [0]
  private var ids: [Int32] = []
  /// Whether there is an entry of a length.
  private var hasLength: [Bool] = [false]
  /// Slots passed while entries were inserted.
  private var passedCount = 0

  var count: Int { ids.count }

  /// - Precondition: no more than `capacity` tokens are inserted.
  init(capacity: Int) {
    var slotCount = 16
    while slotCount < 2 * capacity { slotCount *= 2 }
    slots = Array(repeating: 0, count: slotCount)
  }

  /// Inserts a token. One that is there keeps its id, unless it is to be replaced.
  ///
  /// Returns `false` where tokens collide far more than tokens do that are not chosen to.
  mutating func insert(_ token: [UInt8], id: Int32, replacing: Bool = false) -> Bool {
    let hash = Self.hash(of: token)
    var slot = firstSlot(hash)
    while slots[slot] != 0 {
      let entry = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1
      if matches(entry, token, at: 0, count: token.count) {
        if replacing { ids[entry] = id }
        return true
      }
      slot = (slot + 1) & (slots.count - 1)
      passedCount += 1
      if passedCount > 1_000 + 16 * slots.count { return false }
    }
    precondition(2 * ids.count < slots.count, "more than the capacity's \(slots.count / 2) tokens")
    ids.append(id)
    bytes.append(contentsOf: token)
    starts.append(bytes.count)
    slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(ids.count)
    while hasLength.count <= token.count { hasLength.append(false) }
    hasLength[token.count] = true
    return true
  }

  /// The id of the token that is `range` of `text`.
  func id(of text: [UInt8], _ range: Range<Int>) -> Int32? {
    guard range.count < hasLength.count, hasLength[range.count] else { return nil }
    var hash = Self.seed
    for i in range { hash = Self.hash(hash, text[i]) }
    return entry(hash, text, at: range.lowerBound, count: range.count).map { ids[$0] }
  }

  /// The longest token that starts where `range` of `text` does, and is within it.
  func longest(in text: [UInt8], _ range: Range<Int>) -> (id: Int32, byteCount: Int)? {
    let greatest = min(range.count, hasLength.count - 1)
    var hash = Self.seed
    var found: (entry: Int, byteCount: Int)?
    var byteCount = 0
    while byteCount < greatest {
      hash = Self.hash(hash, text[range.lowerBound + byteCount])
      byteCount += 1
      if hasLength[byteCount],
        let entry = entry(hash, text, at: range.lowerBound, count: byteCount)
      {
        found = (entry, byteCount)
      }
    }
    return found.map { (ids[$0.entry], $0.byteCount) }
  }

  static func hash(of token: [UInt8]) -> UInt64 { token.reduce(seed) { hash($0, $1) } }

  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  /// One step of FNV-1a.
  @inline(__always)
  private static func hash(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  /// Where the search for a hash starts.
  @inline(__always)
  func firstSlot(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15 >> 32)
      & (slots.count - 1)
  }

  @inline(__always)
  private func entry(_ hash: UInt64, _ text: [UInt8], at start: Int, count: Int) -> Int? {
    var slot = firstSlot(hash)
    while slots[slot] != 0 {
      if slots[slot] >> 32 == hash >> 32 {
        let entry = Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1
        if matches(entry, text, at: start, count: count) { return entry }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  @inline(__always)
  private func matches(_ entry: Int, _ text: [UInt8], at start: Int, count: Int) -> Bool {
    let first = starts[entry]
    guard starts[entry + 1] - first == count else { return false }
    for i in 0..<count where bytes[first + i] != text[start + i] { return false }
    return true
  }
}
