internal import TLCCore

/// Sorts rows, or columns, of a matrix of symbols into classes of like distribution.
struct RANSRowClasses<Symbol: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable> {
  private let count: Int
  private let rowLength: Int
  private let counter: RANSCounter<Symbol>
  private let samples: Samples

  /// A table is worth having for at least this many symbols.
  private static var symbolsPerTable: Int { 1 << 13 }
  private static var refinements: Int { 2 }
  /// Of a large plane, so many symbols are looked at: enough to tell how lines differ.
  private static var sampleCount: Int { 1 << 20 }

  init(_ symbols: [Symbol], rowLength: Int, counter: RANSCounter<Symbol>) {
    count = symbols.count
    self.rowLength = rowLength
    self.counter = counter
    // Odd, and never more than leaves 32 symbols of each row.
    let spacing = max(1, min(symbols.count / Self.sampleCount, rowLength / 32)) | 1
    samples = Samples(symbols, rowLength: rowLength, spacing: spacing, counter: counter)
  }

  /// Symbols of a matrix, a fixed number apart, as the places of their counts.
  private struct Samples {
    let places: [UInt32]
    let spacing: Int
    /// For each row, the first of its samples, and that one's column; and behind the last row the
    /// number of samples.
    let rows: [(start: Int, column: Int)]

    init(_ symbols: [Symbol], rowLength: Int, spacing: Int, counter: RANSCounter<Symbol>) {
      places = stride(from: 0, to: symbols.count, by: spacing).map {
        UInt32(truncatingIfNeeded: counter.place(of: symbols[$0]))
      }
      self.spacing = spacing
      var rows: [(start: Int, column: Int)] = []
      for row in 0..<(rowLength > 0 ? symbols.count / rowLength : 0) {
        let start = (row * rowLength + spacing - 1) / spacing
        rows.append((start, start * spacing - row * rowLength))
      }
      self.rows = rows + [(places.count, 0)]
    }

    /// For each line the sum, by `add`, of what `cost` has for the places of its samples.
    @inline(__always)
    func totals<Cost>(
      _ lines: Lines, zero: Cost, of cost: [Cost], add: (inout Cost, Cost) -> Void
    ) -> [Cost] {
      var totals = [Cost](repeating: zero, count: lines.count)
      for row in 0..<rows.count - 1 {
        let samples = rows[row].start..<rows[row + 1].start
        switch lines {
        case .rows:
          var total = zero
          for i in samples { add(&total, cost[Int(places[i])]) }
          totals[row] = total
        case .columns:
          var column = rows[row].column
          for i in samples {
            add(&totals[column], cost[Int(places[i])])
            column += spacing
          }
        }
      }
      return totals
    }
  }
  /// The counts of the samples, for each class.
  private func models(_ lines: Lines, _ map: [UInt8]) -> [RANSModel] {
    let stride = counter.length + 1
    let classCount = Int(map.max() ?? 0) + 1
    var counts = [Int](repeating: 0, count: classCount * stride)
    for row in 0..<samples.rows.count - 1 {
      let range = samples.rows[row].start..<samples.rows[row + 1].start
      switch lines {
      case .rows:
        let base = Int(map[row]) * stride
        for i in range { counts[base + Int(samples.places[i])] += 1 }
      case .columns:
        var column = samples.rows[row].column
        for i in range {
          counts[Int(map[column]) * stride + Int(samples.places[i])] += 1
          column += samples.spacing
        }
      }
    }
    return (0..<classCount).map { index in
      let counts = counts[index * stride..<(index + 1) * stride]
      return RANSModel(
        first: counter.first, counts: Array(counts.dropLast()),
        outside: counts.last ?? 0, width: 24)
    }
  }

  /// Ways to sort the rows, or the columns, whichever differ more, into classes.
  func candidates() -> [RANSClasses] {
    guard rowLength > 0, count % rowLength == 0 else { return [] }
    let rowCount = count / rowLength
    var best: (lines: Lines, spreads: [Int], bits: Double)?
    for lines in [Lines.rows(rowCount), .columns(rowLength)] {
      guard (2...RANSCodec.greatestMapCount).contains(lines.count),
        lines.count <= count / 64
      else { continue }
      let spreads = spreads(lines)
      let models = models(lines, byRank(of: spreads, classCount: 8))
      let bits = models.reduce(0) { $0 + $1.counts.entropyBits }
      if bits < best?.bits ?? .infinity { best = (lines, spreads, bits) }
    }
    guard let best else { return [] }
    return [2, 4, 8].filter { count >= $0 * Self.symbolsPerTable }.map {
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
    for place in samples.places { counts[Int(place)] += 1 }
    var below = 0
    let middle =
      counts.firstIndex { count in
        below += count
        return below > samples.places.count / 2
      } ?? 0
    let distances = counts.indices.map { abs($0 - middle) }
    return samples.totals(lines, zero: 0, of: distances) { $0 += $1 }
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
      let costs = costs(models(lines, map))
      let totals = samples.totals(lines, zero: SIMD8(), of: costs) { $0 += $1 }
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
