internal import TLCCore

/// The two codes of a block, as they are written before it: RFC 1951 §3.2.7.
struct DeflateHeader {
  /// The order in which the lengths of the code of lengths are written.
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private let symbolCount: Int
  private let distanceCount: Int
  /// Lengths and repetitions: the symbol, how many bits follow it, and these.
  private let runs: [(symbol: Int, bitCount: Int, bits: Int)]
  private let code: PrefixCode
  private let codeCount: Int

  init(symbols: [Int], distances: [Int]) {
    symbolCount = max(257, symbols.countWithoutZerosAtEnd)
    distanceCount = max(1, distances.countWithoutZerosAtEnd)
    runs = Self.runs(symbols.prefix(symbolCount) + distances.prefix(distanceCount))
    var counts = [Int](repeating: 0, count: Self.order.count)
    for run in runs { counts[run.symbol] += 1 }
    let code = PrefixCode(counts: counts, limit: 7)
    self.code = code
    codeCount = max(4, Self.order.map { code.lengths[$0] }.countWithoutZerosAtEnd)
  }

  private static func runs(
    _ lengths: ArraySlice<Int>
  ) -> [(symbol: Int, bitCount: Int, bits: Int)] {
    var runs: [(symbol: Int, bitCount: Int, bits: Int)] = []
    var rest = lengths
    while let length = rest.first {
      let count = rest.prefix { $0 == length }.count
      var left = count
      if length > 0 {
        runs.append((length, 0, 0))
        left -= 1
      }
      while left > 0 {
        if left < 3 {
          runs.append((length, 0, 0))
          left -= 1
        } else if length > 0 {
          let some = min(left, 6)
          runs.append((16, 2, some - 3))
          left -= some
        } else {
          let some = min(left, 138)
          runs.append(some < 11 ? (17, 3, some - 3) : (18, 7, some - 11))
          left -= some
        }
      }
      rest = rest.dropFirst(count)
    }
    return runs
  }

  var bitCount: Int {
    2 + 5 + 5 + 4 + 3 * codeCount
      + runs.reduce(0) { $0 + Int(code.cost(of: $1.symbol)) + $1.bitCount }
  }

  func write(to writer: inout BitWriter) {
    writer.write(2, count: 2)
    writer.write(UInt32(symbolCount - 257), count: 5)
    writer.write(UInt32(distanceCount - 1), count: 5)
    writer.write(UInt32(codeCount - 4), count: 4)
    for symbol in Self.order.prefix(codeCount) {
      writer.write(UInt32(code.lengths[symbol]), count: 3)
    }
    for run in runs {
      code.write(run.symbol, to: &writer)
      writer.write(UInt32(run.bits), count: run.bitCount)
    }
  }
}

extension [Int] {
  fileprivate var countWithoutZerosAtEnd: Int { (lastIndex { $0 != 0 } ?? -1) + 1 }
}
