internal import TLCCore

/// How often each symbol of a class occurs, and the table that codes it in the fewest bits.
struct RANSModel {
  /// The symbol that `counts` starts at.
  let first: UInt32
  /// How often each symbol from `first` on occurs.
  let counts: [Int]
  /// Symbols that lie outside of `counts`.
  let outside: Int
  /// The bits of a symbol.
  let width: Int

  /// The table of the given precision, and the bits that it and the symbols take.
  func table(precision: Int) -> (table: RANSTable, bits: Double) {
    let window = window(precision: precision)
    let inside = counts[window].reduce(0, +)
    let escaped = counts.reduce(0, +) - inside + outside
    let symbols = Array(counts[window]) + [escaped]
    let frequencies = Self.normalized(symbols, total: 1 << precision)
    let table = RANSTable(
      first: window.isEmpty ? 0 : first + UInt32(window.lowerBound), frequencies: frequencies)
    var bits = Double(table.byteCount * 8 + escaped * width)
    for (count, frequency) in zip(symbols, frequencies) where count > 0 {
      bits += Double(count) * (Double(precision) - Double(frequency).portableLog2)
    }
    return (table, bits)
  }

  /// The part of `counts` that the table lists: ends that cost more there than as escapes are cut.
  private func window(precision: Int) -> Range<Int> {
    var window = (counts.firstIndex { $0 > 0 } ?? 0)..<((counts.lastIndex { $0 > 0 } ?? -1) + 1)
    let total = Double(max(1, counts.reduce(0, +) + outside))
    var escaped = outside
    // A symbol too rare for a slot of its own takes one all the same.
    let slot = total / Double(1 << precision)
    let longest = min(RANSTable.greatestWindow, 1 << precision - 1)
    while !window.isEmpty {
      let low = counts[window.lowerBound]
      let high = counts[window.upperBound - 1]
      let isLow = low < high || (low == high && window.count % 2 == 0)
      let count = Double(isLow ? low : high)
      let listed =
        3 + (count > 0 ? count * (total / max(count, slot)).portableLog2 : 0)
        + max(0, slot - count) * (count > 0 ? 1.44 : 0)
      let apart =
        count > 0
        ? count * (Double(width) + (total / (Double(escaped) + max(count, slot))).portableLog2) : 0
      guard window.count > longest || apart < listed else { break }
      escaped += Int(count)
      window =
        isLow
        ? window.lowerBound + 1..<window.upperBound : window.lowerBound..<window.upperBound - 1
    }
    return window
  }

  /// Frequencies that add up to `total`, at least 1 for each symbol that occurs, and as few bits
  /// as can be.
  ///
  /// - Precondition: fewer than `total` symbols occur.
  static func normalized(_ counts: [Int], total: Int) -> [UInt32] {
    let sum = counts.reduce(0, +)
    guard sum > 0 else {
      var frequencies = [UInt32](repeating: 0, count: counts.count)
      frequencies[counts.count - 1] = UInt32(total)
      return frequencies
    }
    let scale = Double(total) / Double(sum)
    var frequencies = counts.map { count in
      count == 0 ? 0 : max(1, UInt32((Double(count) * scale).rounded(.toNearestOrEven)))
    }
    var excess = frequencies.reduce(0) { $0 + Int($1) } - total
    while excess != 0 {
      // The symbol that loses least, or gains most, by one slot; of equal ones the first.
      var best = -1
      var bestLoss = Double.infinity
      for (i, frequency) in frequencies.enumerated() where counts[i] > 0 {
        guard excess < 0 || frequency > 1 else { continue }
        let count = Double(counts[i])
        let loss =
          excess > 0 ? count / (Double(frequency) - 0.5) : -count / (Double(frequency) + 0.5)
        if loss < bestLoss {
          bestLoss = loss
          best = i
        }
      }
      precondition(best >= 0, "\(counts.count) symbols in \(total) slots")
      // Many slots at once where many are over, so that large alphabets take few rounds.
      let step = max(1, min(abs(excess), Int(frequencies[best]) / 64))
      if excess > 0 {
        frequencies[best] -= UInt32(step)
        excess -= step
      } else {
        frequencies[best] += UInt32(step)
        excess += step
      }
    }
    return frequencies
  }
}
