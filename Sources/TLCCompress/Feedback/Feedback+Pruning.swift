import TLCCore
import TLCKernels

extension Feedback {
  /// Drops weights column by column, each choice after the errors of those before, and changes what is
  /// kept so that it makes good what was dropped.
  ///
  /// - Returns: the elements in the tensor's order, and which are kept.
  func prune<Element: FloatingTensorElement>(
    _ pattern: SparsityPattern, _: Element.Type
  ) -> (elements: [Element], mask: Bitmap) {
    let width = factor.width
    guard let shape = Shape([elements.count]) else {
      return ([], Bitmap(repeating: true, count: 0))
    }
    let kept = TensorView(zeros: .f32, shape).elements(of: Float.self)
    gather()
    var past = 0
    forEachBlock(of: pattern.sweepLength) { block, sums in
      switch pattern {
      case .share(let share):
        choose(share, after: &past, block, sums) { row, column in row * block.count + column }
      case .blocks(let share, let rows, let columns):
        let across = (block.count + columns - 1) / columns
        choose(share, after: &past, block, sums) { row, column in
          row / rows * across + column / columns
        }
      case .nOfM: break
      }
      team.share(rowCount, unit: Self.tileLength) { rows in
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.tileLength) {
          let tile = start..<min(start + Self.tileLength, rows.upperBound)
          for column in block {
            if case .nOfM(let n, let m) = pattern, (column - block.lowerBound) % m == 0 {
              let group = column..<min(column + m, block.upperBound)
              for row in tile { keep(n, group, of: block, row: row, sums) }
            }
            for row in tile where zeros[row * width + column] == 0 {
              let x = elements[row * width + column]
              let changed = Element(
                rounding: x + sums[row * block.count + column - block.lowerBound])
              let value = changed.double.isFinite ? changed.float : x
              kept[index(row, factor.order[column])] = value
              elements[row * width + column] = x - value
            }
            spread(column, of: block, tile, sums)
          }
        }
      }
    }
    var mask = Bitmap(repeating: true, count: elements.count)
    for row in 0..<rowCount {
      for column in 0..<width where zeros[row * width + column] != 0 {
        mask[index(row, factor.order[column])] = false
      }
    }
    return (kept.indices.map { Element(rounding: kept[$0]) }, mask)
  }

  /// The errors that dropping one of a row's elements at next columns leaves, if all others are kept;
  /// below 0 where an element is 0 already.
  ///
  /// - Parameter sums: what the errors of the columns before add, as they are before the first of
  ///   `columns`.
  private func scores(
    _ row: Int, _ columns: Range<Int>, of block: Range<Int>, _ sums: Elements<Float>
  ) -> [Double] {
    // What is added to a column where those between are kept, and so have what is added to them.
    var added = columns.map { Double(sums[row * block.count + $0 - block.lowerBound]) }
    for (place, column) in columns.enumerated() {
      for next in place + 1..<columns.count {
        added[next] -=
          added[place]
          * Double(factor.shares[column * factor.width + columns.lowerBound + next])
      }
    }
    return columns.map { column in
      let i = row * factor.width + column
      guard zeros[i] == 0 else { return -1 }
      let x = Double(elements[i]) + added[column - columns.lowerBound]
      return x * x * factor.weights[column]
    }
  }

  /// Drops of units of elements those of the least mean score: ⌊share × units⌋ of all up to this block.
  ///
  /// - Parameters:
  ///   - past: the units of the blocks before; with those of this one afterwards.
  ///   - unit: the place of a row's and a block's column's unit.
  private func choose(
    _ share: Double, after past: inout Int, _ block: Range<Int>, _ sums: Elements<Float>,
    _ unit: (_ row: Int, _ column: Int) -> Int
  ) {
    guard let shape = Shape([rowCount, block.count]) else { return }
    let scores = TensorView(zeros: .f64, shape).elements(of: Double.self)
    team.share(rowCount) { rows in
      for row in rows {
        for (column, score) in self.scores(row, block, of: block, sums).enumerated() {
          scores[row * block.count + column] = score
        }
      }
    }
    let count = unit(rowCount - 1, block.count - 1) + 1
    var totals = [Double](repeating: 0, count: count)
    var sizes = [Int](repeating: 0, count: count)
    for row in 0..<rowCount {
      for column in 0..<block.count {
        let unit = unit(row, column)
        totals[unit] += scores[row * block.count + column]
        sizes[unit] += 1
      }
    }
    let wanted = Int(share * Double(past + count)) - Int(share * Double(past))
    past += count
    var isDropped = [Bool](repeating: false, count: count)
    for place in zip(totals, sizes).map({ $0 / Double($1) }).leastPlaces(wanted) {
      isDropped[place] = true
    }
    for row in 0..<rowCount {
      for column in block where isDropped[unit(row, column - block.lowerBound)] {
        zeros[row * factor.width + column] = 1
      }
    }
  }

  /// Keeps of a row's group of columns the `n` whose loss would be greatest.
  private func keep(
    _ n: Int, _ group: Range<Int>, of block: Range<Int>, row: Int, _ sums: Elements<Float>
  ) {
    guard group.count > n else { return }
    let scores = scores(row, group, of: block, sums)
    for place in scores.leastPlaces(group.count - n) {
      zeros[row * factor.width + group.lowerBound + place] = 1
    }
  }
}
