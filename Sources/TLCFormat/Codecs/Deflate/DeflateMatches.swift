internal import TLCCore

/// Where what stands at each place of a block stood before.
struct DeflateMatches {
  private static let window = 1 << 15
  private static let lengths = (least: 3, greatest: 258)
  /// How many earlier places are tried at most.
  private static let triedCount = 128
  private static let hashBitCount = 15

  private struct Match {
    let length: UInt16
    let distance: UInt16
  }

  private let bytes: [UInt8]
  private let range: Range<Int>
  /// For each place its matches, each longer and farther than the one before, from `starts` on.
  private var matches: [Match] = []
  private var starts: [Int] = [0]

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
    let first = max(0, range.lowerBound - Self.window)
    // The last place of each hash, and of each place the one before it of the same hash, from 1.
    var heads = [Int32](repeating: 0, count: 1 << Self.hashBitCount)
    var chain = [Int32](repeating: 0, count: range.upperBound - first)
    starts.reserveCapacity(range.count + 1)
    for place in first..<range.upperBound {
      let limit = min(Self.lengths.greatest, range.upperBound - place)
      if limit >= Self.lengths.least {
        let hash = Self.hash(bytes, place)
        if place >= range.lowerBound { find(place, limit, from: heads[hash], chain, first) }
        chain[place - first] = heads[hash]
        heads[hash] = Int32(place - first + 1)
      }
      if place >= range.lowerBound { starts.append(matches.count) }
    }
  }

  private static func hash(_ bytes: [UInt8], _ place: Int) -> Int {
    let word =
      UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
    return Int((word &* 0x9E37_79B1) >> UInt32(32 - hashBitCount))
  }

  private mutating func find(
    _ place: Int, _ limit: Int, from head: Int32, _ chain: [Int32], _ first: Int
  ) {
    let source = bytes
    let bytes = source.span
    var longest = Self.lengths.least - 1
    var next = Int(head)
    var triedCount = 0
    while next > 0, triedCount < Self.triedCount, longest < limit {
      let other = first + next - 1
      guard place - other <= Self.window else { break }
      if bytes[other + longest] == bytes[place + longest] {
        var length = 0
        while length < limit, bytes[other + length] == bytes[place + length] { length += 1 }
        if length > longest {
          longest = length
          matches.append(
            Match(length: UInt16(length), distance: UInt16(truncatingIfNeeded: place - other)))
        }
      }
      next = Int(chain[next - 1])
      triedCount += 1
    }
  }

  /// The tokens of the block that take the fewest bits in a code; of equal ones, those whose last
  /// token that differs is the shorter.
  func shortestPath(_ code: DeflateCode) -> [DeflateToken] {
    let count = range.count
    var costs = [UInt32](repeating: .max, count: count + 1)
    var last = [DeflateToken](repeating: DeflateToken(byte: 0), count: count + 1)
    costs[0] = 0
    for place in 0..<count {
      let byte = bytes[range.lowerBound + place]
      let cost = costs[place]
      let literal = cost + code.cost(ofByte: byte)
      if literal <= costs[place + 1] {
        costs[place + 1] = literal
        last[place + 1] = DeflateToken(byte: byte)
      }
      var shortest = Self.lengths.least
      for match in matches[starts[place]..<starts[place + 1]] {
        let distance = Int(match.distance)
        let far = cost + code.cost(ofDistance: distance)
        for length in shortest...Int(match.length) {
          let total = far + code.cost(ofLength: length)
          if total <= costs[place + length] {
            costs[place + length] = total
            last[place + length] = DeflateToken(length: length, distance: distance)
          }
        }
        shortest = Int(match.length) + 1
      }
    }
    var tokens: [DeflateToken] = []
    var place = count
    while place > 0 {
      tokens.append(last[place])
      place -= max(1, Int(last[place].length))
    }
    return tokens.reversed()
  }
}
