/// The tokens of one word while pairs of them are merged: a list with a heap of the merges that can
/// be done, the first in rank on top, of equals the leftmost. O(n log n) for n bytes.
struct MergeQueue {
  private struct Symbol {
    var id: Int32
    /// Where the neighbours are; −1 where there is none.
    var previous: Int32
    var next: Int32
    var isMerged = false
  }

  private var symbols: [Symbol] = []
  /// Rank and place of the left token of each merge: a heap, with the smallest on top.
  private var heap: [UInt64] = []

  mutating func removeAll() {
    symbols.removeAll(keepingCapacity: true)
    heap.removeAll(keepingCapacity: true)
  }

  mutating func append(_ id: Int32) {
    let place = Int32(truncatingIfNeeded: symbols.count)
    if place > 0 { symbols[symbols.count - 1].next = place }
    symbols.append(Symbol(id: id, previous: place - 1, next: -1))
  }

  /// Whether one token is left, of that id.
  func isSingle(_ id: Int32) -> Bool {
    guard let first = symbols.first else { return false }
    return first.id == id && first.next < 0
  }

  func append(to ids: inout [Int32]) {
    for symbol in symbols where !symbol.isMerged { ids.append(symbol.id) }
  }

  mutating func merge(_ merges: MergeTable) {
    for place in symbols.indices { push(place, merges) }
    while let top = pop() {
      let place = Int(top & 0xFFFF_FFFF)
      let symbol = symbols[place]
      // A merge is out of date where either token has been merged since.
      guard !symbol.isMerged, symbol.next >= 0 else { continue }
      let next = Int(symbol.next)
      guard let merge = merges.merge(symbol.id, symbols[next].id), merge.rank == top >> 32 else {
        continue
      }
      let following = symbols[next].next
      symbols[next].isMerged = true
      symbols[place].id = merge.id
      symbols[place].next = following
      if following >= 0 { symbols[Int(following)].previous = Int32(place) }
      if symbol.previous >= 0 { push(Int(symbol.previous), merges) }
      push(place, merges)
    }
  }

  /// Puts the merge of a token with the one after it on the heap, if there is one.
  private mutating func push(_ place: Int, _ merges: MergeTable) {
    let symbol = symbols[place]
    guard symbol.next >= 0, let merge = merges.merge(symbol.id, symbols[Int(symbol.next)].id)
    else { return }
    heap.append(UInt64(merge.rank) << 32 | UInt64(place))
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> UInt64? {
    guard let last = heap.popLast() else { return nil }
    guard let top = heap.first else { return last }
    heap[0] = last
    var parent = 0
    while true {
      let left = 2 * parent + 1
      var least = parent
      if left < heap.count, heap[left] < heap[least] { least = left }
      if left + 1 < heap.count, heap[left + 1] < heap[least] { least = left + 1 }
      if least == parent { return top }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
