internal import TLCCore

/// Sorts rows, or columns, of a matrix of symbols into classes of like distribution.
struct RANSRowClasses<Symbol: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable> {
  private let symbols: [Symbol]
  private let rowLength: Int
  private let counter: RANSCounter<Symbol>

  /// A table is worth having for at least this many symbols.
  private static var symbolsPerTable: Int { 1 << 13 }
  private static var refinements: Int { 2 }

  init(_ symbols: [Symbol], rowLength: Int, counter: RANSCounter<Symbol>) {
    self.symbols = symbols
    self.rowLength = rowLength
    self.counter = counter
  }

  /// Ways to sort the rows, and the columns, into 2, 4 and 8 classes.
  func candidates() -> [RANSClasses] {
    guard rowLength > 0, symbols.count % rowLength == 0 else { return [] }
    let rowCount = symbols.count / rowLength
    var candidates: [RANSClasses] = []
    for lines in [Lines.rows(rowCount), .columns(rowLength)] {
      guard (2...RANSCodec.greatestMapCount).contains(lines.count),
        lines.count <= symbols.count / 64
      else { continue }
      let spreads = spreads(lines)
      for classCount in [2, 4, 8] where symbols.count >= classCount * Self.symbolsPerTable {
        candidates.append(refined(lines, byRank(of: spreads, classCount: classCount)))
      }
    }
    return candidates
  }

  private enum Lines {
    case rows(Int)
    case columns(Int)

    var count: Int {
      switch self {
      case .rows(let count), .columns(let count): count
      }
    }
  }

  private func classes(_ lines: Lines, _ map: [UInt8]) -> RANSClasses {
    if case .rows = lines { return RANSClasses(run: rowLength, map: map) }
    return RANSClasses(run: 1, map: map)
  }

  /// The sum of distances from the middle symbol, for each line.
  private func spreads(_ lines: Lines) -> [Int] {
    let model = counter.model()
    var below = 0
    let half = symbols.count / 2
    let middle = model.counts.firstIndex { count in
      below += count
      return below > half
    }
    let center = counter.first + UInt32(middle ?? 0)
    var spreads = [Int](repeating: 0, count: lines.count)
    for row in 0..<symbols.count / rowLength {
      for column in 0..<rowLength {
        let symbol = UInt32(symbols[row * rowLength + column])
        let distance = Int(symbol > center ? symbol - center : center - symbol)
        if case .rows = lines { spreads[row] += distance } else { spreads[column] += distance }
      }
    }
    return spreads
  }

  /// Classes of equal size, in order of spread.
  private func byRank(of spreads: [Int], classCount: Int) -> [UInt8] {
    let order = spreads.indices.sorted { (spreads[$0], $0) < (spreads[$1], $1) }
    var map = [UInt8](repeating: 0, count: spreads.count)
    for (rank, line) in order.enumerated() {
      map[line] = UInt8(truncatingIfNeeded: rank * classCount / order.count)
    }
    return map
  }

  /// Moves each line to the class whose table codes it in the fewest bits, a few times.
  private func refined(_ lines: Lines, _ map: [UInt8]) -> RANSClasses {
    var map = map
    for _ in 0..<Self.refinements {
      let costs = costs(counter.models(of: classes(lines, map)))
      var totals = [SIMD8<Float>](repeating: SIMD8(), count: lines.count)
      for row in 0..<symbols.count / rowLength {
        for column in 0..<rowLength {
          let cost = costs[counter.place(of: symbols[row * rowLength + column])]
          if case .rows = lines { totals[row] += cost } else { totals[column] += cost }
        }
      }
      map = totals.map { total in
        var best = 0
        for index in 1..<8 where total[index] < total[best] { best = index }
        return UInt8(truncatingIfNeeded: best)
      }
    }
    return classes(lines, dense(map))
  }

  /// The bits of each counted symbol under each class's counts.
  private func costs(_ models: [RANSModel]) -> [SIMD8<Float>] {
    var costs = [SIMD8<Float>](
      repeating: SIMD8(repeating: 1e6), count: counter.length + 1)
    for (index, model) in models.enumerated() {
      let total = Double(model.counts.reduce(0, +) + model.outside) + 1
      for place in 0...counter.length {
        let count = Double(place < counter.length ? model.counts[place] : model.outside)
        costs[place][index] = Float((total / (count + 0.25)).portableLog2)
      }
    }
    return costs
  }

  /// The same classes, numbered without gaps.
  private func dense(_ map: [UInt8]) -> [UInt8] {
    var numbers = [UInt8?](repeating: nil, count: 256)
    for (number, index) in Set(map).sorted().enumerated() {
      numbers[Int(index)] = UInt8(truncatingIfNeeded: number)
    }
    return map.map { numbers[Int($0)] ?? 0 }
  }
}
