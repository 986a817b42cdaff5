internal import TLCCore
internal import TLCSystem

/// Counts symbols, in a range that holds all but outliers.
struct RANSCounter<Symbol: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable> {
  private let symbols: [Symbol]
  private let width: Int
  /// The symbol that counts start at.
  let first: UInt32
  /// The number of neighbouring symbols that are counted.
  let length: Int

  /// The most symbols that are counted apart.
  private static var greatestLength: Int { 1 << 16 }

  init(_ symbols: [Symbol], width: Int, parallelism: Parallelism) {
    self.symbols = symbols
    self.width = width
    var least = Symbol.max
    var greatest = Symbol.min
    for symbol in symbols {
      least = min(least, symbol)
      greatest = max(greatest, symbol)
    }
    let range = Int(greatest - least) + 1
    if range <= Self.greatestLength {
      first = UInt32(least)
      length = range
    } else {
      // Around the middle symbol, by cells of 256.
      var cells = [Int](repeating: 0, count: 1 << max(0, width - 8))
      for symbol in symbols { cells[Int(symbol >> 8)] += 1 }
      var below = 0
      var middle = 0
      while below + cells[middle] <= symbols.count / 2 {
        below += cells[middle]
        middle += 1
      }
      length = Self.greatestLength
      first = UInt32(
        max(Int(least), min(middle * 256 - length / 2, Int(greatest) + 1 - length)))
    }
  }

  /// The model of all symbols.
  func model() -> RANSModel { models(of: .single)[0] }

  /// A model for each class.
  func models(of classes: RANSClasses) -> [RANSModel] {
    let classCount = Int(classes.map.max() ?? 0) + 1
    var counts = [[Int]](repeating: Array(repeating: 0, count: length + 1), count: classCount)
    if classes.isSingle {
      count(0..<symbols.count, into: &counts[0])
    } else if classes.run == 1 {
      counts = countsByColumn(classes.map, classCount: classCount)
    } else {
      classes.forEachStretch(in: 0..<symbols.count) { stretch, index in
        count(stretch, into: &counts[index])
      }
    }
    return counts.map {
      RANSModel(
        first: first, counts: Array($0.dropLast()), outside: $0[length], width: width)
    }
  }

  /// The counts of each class, where a symbol's class is that of its column.
  private func countsByColumn(_ map: [UInt8], classCount: Int) -> [[Int]] {
    let stride = length + 1
    var counts = [Int](repeating: 0, count: classCount * stride)
    for row in Swift.stride(from: 0, to: symbols.count, by: map.count) {
      for column in 0..<min(map.count, symbols.count - row) {
        counts[Int(map[column]) * stride + place(of: symbols[row + column])] += 1
      }
    }
    return (0..<classCount).map { Array(counts[$0 * stride..<($0 + 1) * stride]) }
  }

  private func count(_ range: Range<Int>, into counts: inout [Int]) {
    for i in range { counts[place(of: symbols[i])] += 1 }
  }

  /// The place of a symbol's count; the last one is for all outside.
  func place(of symbol: Symbol) -> Int {
    min(Int(UInt32(symbol) &- first), length)
  }
}
