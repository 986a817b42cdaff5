internal import TLCCore

/// Sorts rows, or columns, of a matrix of symbols into classes of like distribution.
struct RANSRowClasses<Symbol: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable> {
  private let symbols: [Symbol]
  private let rowLength: Int
  private let counter: RANSCounter<Symbol>

  /// A table is worth having for at least this many symbols.
  private static var symbolsPerTable: Int { 1 << 13 }
  private static var refinements: Int { 2 }

  /// Of a large plane, symbols so far apart are looked at: enough to tell how lines differ.
  private let spacing: Int

  private static var sampleCount: Int { 1 << 20 }

  init(_ symbols: [Symbol], rowLength: Int, counter: RANSCounter<Symbol>) {
    self.symbols = symbols
    self.rowLength = rowLength
    self.counter = counter
    // Odd, and never more than leaves 32 symbols of each row.
    spacing = max(1, min(symbols.count / Self.sampleCount, rowLength / 32)) | 1
  }

  /// Calls `body` with the row, the column and the place of the count of each symbol looked at.
  private func forEachSample(_ body: (_ row: Int, _ column: Int, _ place: Int) -> Void) {
    var row = 0
    var column = 0
    for i in stride(from: 0, to: symbols.count, by: spacing) {
      body(row, column, counter.place(of: symbols[i]))
      column += spacing
      while column >= rowLength, rowLength > 0 {
        column -= rowLength
        row += 1
      }
    }
  }

  /// The counts of the symbols looked at, for each class.
  private func models(_ classes: RANSClasses) -> [RANSModel] {
    let classCount = Int(classes.map.max() ?? 0) + 1
    let isRows = classes.run == rowLength && classes.map.count * rowLength == symbols.count
    var counts = [[Int]](
      repeating: Array(repeating: 0, count: counter.length + 1), count: classCount)
    forEachSample { row, column, place in
      counts[Int(classes.map[isRows ? row : column])][place] += 1
    }
    return counts.map {
      RANSModel(
        first: counter.first, counts: Array($0.dropLast()), outside: $0[counter.length], width: 24)
    }
  }

  /// Ways to sort the rows, or the columns, whichever differ more, into classes.
  func candidates() -> [RANSClasses] {
    guard rowLength > 0, symbols.count % rowLength == 0 else { return [] }
    let rowCount = symbols.count / rowLength
    var best: (lines: Lines, spreads: [Int], bits: Double)?
    for lines in [Lines.rows(rowCount), .columns(rowLength)] {
      guard (2...RANSCodec.greatestMapCount).contains(lines.count),
        lines.count <= symbols.count / 64
      else { continue }
      let spreads = spreads(lines)
      let models = models(classes(lines, byRank(of: spreads, classCount: 8)))
      let bits = models.reduce(0) { $0 + $1.counts.entropyBits }
      if bits < best?.bits ?? .infinity { best = (lines, spreads, bits) }
    }
    guard let best else { return [] }
    return [2, 4, 8].filter { symbols.count >= $0 * Self.symbolsPerTable }.map {
      refined(best.lines, byRank(of: best.spreads, classCount: $0))
    }
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
    var counts = [Int](repeating: 0, count: counter.length + 1)
    var total = 0
    forEachSample { _, _, place in
      counts[place] += 1
      total += 1
    }
    var below = 0
    let middle =
      counts.firstIndex { count in
        below += count
        return below > total / 2
      } ?? 0
    var spreads = [Int](repeating: 0, count: lines.count)
    forEachSample { row, column, place in
      if case .rows = lines {
        spreads[row] += abs(place - middle)
      } else {
        spreads[column] += abs(place - middle)
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
      let costs = costs(models(classes(lines, map)))
      var totals = [SIMD8<Float>](repeating: SIMD8(), count: lines.count)
      forEachSample { row, column, place in
        if case .rows = lines {
          totals[row] += costs[place]
        } else {
          totals[column] += costs[place]
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
