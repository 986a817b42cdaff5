import TLCCore
import TLCKernels
import TLCSystem

/// Rounds an element to a level of its grid.
protocol ElementRounder: Sendable {
  /// The code of the level that `x` becomes, mostly the nearest, and the level.
  ///
  /// - Parameters:
  ///   - index: the element's, in row-major order.
  ///   - weight: what the square of the error weighs, 1 on average.
  func round(_ x: Float, at index: Int, weight: Double) -> (code: Int32, level: Float)
  /// The code of 0, which is a level.
  func zero(at index: Int) -> Int32
}

/// Rounds a matrix column by column, each after the errors of those before.
///
/// An element that is 0 stays 0, and where it was not 0 before pruning, that is made good too. Bits
/// depend neither on the number of threads nor on the instruction set.
struct Feedback {
  let factor: FeedbackFactor
  let team: Team
  /// The number of outputs, each of which is a row.
  let rowCount: Int
  /// Each row's elements in the order of the factor; where they are rounded, their errors. They are
  /// there once they are gathered.
  let elements: Elements<Float>
  /// In the same order, 1 where an element is to be 0.
  let zeros: Elements<UInt8>
  /// The place in the tensor of a row's element at a column of the inputs.
  let index: @Sendable (_ row: Int, _ column: Int) -> Int
  /// Sets elements and zeros to those of the tensor.
  let gather: @Sendable () -> Void

  /// The columns whose errors go to later ones at once.
  static let blockLength = 128
  /// The rows whose columns are rounded together.
  static let tileLength = 64

  /// `nil` where it is not wanted, inputs are not known, or there are no elements.
  ///
  /// - Precondition: the tensor has whole rows of inputs.
  init?<Element: FloatingTensorElement>(
    _ tensor: Tensor, _: Element.Type, _ calibration: TensorCalibration?,
    _ options: FeedbackOptions, _ parallelism: Parallelism
  ) {
    guard options.isWanted, let calibration, let inputs = calibration.inputs,
      tensor.shape.count > 0
    else { return nil }
    let width = inputs.moments.width
    precondition(
      tensor.shape.count % width == 0, "\(tensor.shape) is no matrix of \(width) inputs")
    let rows = tensor.shape.count / width
    let axes = inputs.axes
    factor = FeedbackFactor(inputs.moments, options, parallelism)
    let team = Team(threadCount: parallelism.threads)
    let index: @Sendable (Int, Int) -> Int = {
      axes == .trailing ? $0 * width + $1 : $1 * rows + $0
    }
    guard let shape = Shape([rows, width]) else { preconditionFailure("\(tensor.shape)") }
    let elements = TensorView(zeros: .f32, shape).elements(of: Float.self)
    let zeros = TensorView(zeros: .u8, shape).elements(of: UInt8.self)
    let order = factor.order
    let target = calibration.unpruned ?? tensor
    precondition(target.shape == tensor.shape && target.dtype == tensor.dtype, "\(target.shape)")
    gather = {
      team.share(rows) { part in
        tensor.withElements(of: Element.self) { kept in
          target.withElements(of: Element.self) { source in
            for row in part {
              for (place, column) in order.enumerated() {
                let i = index(row, column)
                elements[row * width + place] = source[i].float
                zeros[row * width + place] = kept[i].float == 0 ? 1 : 0
              }
            }
          }
        }
      }
    }
    (self.team, self.index, self.elements, self.zeros) = (team, index, elements, zeros)
    rowCount = rows
  }

  /// The code of each element, in the tensor's order.
  func codes(_ rounder: some ElementRounder) -> [Int32] {
    guard let shape = Shape([elements.count]) else { return [] }
    let codes = TensorView(zeros: .i32, shape)
    let found = codes.elements(of: Int32.self)
    let weights = factor.relativeWeights
    gather()
    forEachBlock { block, sums, rows in
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.tileLength) {
        let tile = start..<min(start + Self.tileLength, rows.upperBound)
        for column in block {
          let (place, length) = (column - block.lowerBound, block.count)
          for row in tile {
            let index = index(row, factor.order[column])
            guard zeros[row * factor.width + column] == 0 else {
              found[index] = rounder.zero(at: index)
              continue
            }
            let x = elements[row * factor.width + column]
            let (code, level) = rounder.round(
              x + sums[row * length + place], at: index, weight: weights[column])
            found[index] = code
            elements[row * factor.width + column] = x - level
          }
          spread(column, of: block, tile, sums)
        }
      }
    }
    return codes.tensor().elements(of: Int32.self)
  }

  /// The code of each element, in the tensor's order, those of a column of dependent quantization.
  ///
  /// - Parameters:
  ///   - states: of the sequences.
  ///   - step: the step, not 0.
  ///   - length: how many rows a sequence has.
  ///   - greatest: multiples of the step beyond this are no numbers of the tensor's type.
  func codes(
    along states: TrellisStates, step: Double, length: Int, greatest: Int32
  ) -> [Int32] {
    guard let shape = Shape([elements.count]) else { return [] }
    let codes = TensorView(zeros: .i32, shape)
    let found = codes.elements(of: Int32.self)
    var search = TrellisSearch(states)
    let bound = Double(min(greatest, 2 * TrellisValues.codeBound) - 8)
    gather()
    forEachBlock { block, sums in
      for column in block {
        for start in stride(from: 0, to: rowCount, by: length) {
          search.start()
          for row in start..<start + length {
            let w = elements[row * factor.width + column]
            let x = Double(w + sums[row * block.count + column - block.lowerBound]) / step
            search.add(
              min(max(x, -bound), bound), isZero: zeros[row * factor.width + column] != 0)
          }
          search.finish { place, code, grid in
            let row = start + place
            found[index(row, factor.order[column])] = code
            let level = Double(states.multiple(of: code, onGrid: grid)) * step
            elements[row * factor.width + column] -= Float(level)
          }
        }
        team.share(rowCount, unit: Self.tileLength) { spread(column, of: block, $0, sums) }
      }
    }
    return codes.tensor().elements(of: Int32.self)
  }

  /// Calls `body` with blocks of columns, and what the errors before add to them.
  ///
  /// - Parameter length: of a block.
  func forEachBlock(
    of length: Int = Self.blockLength,
    _ body: (_ block: Range<Int>, _ sums: Elements<Float>) -> Void
  ) {
    forEachBlock(of: length, finishing: body) { _, _, _ in }
  }

  /// Calls `body` with blocks of columns, what the errors before add to them, and parts of the rows,
  /// which threads share.
  ///
  /// - Parameters:
  ///   - finish: is called when all parts of a block are done.
  ///   - body: is called by a thread for each part.
  private func forEachBlock(
    of blockLength: Int = Self.blockLength,
    finishing finish: (_ block: Range<Int>, _ sums: Elements<Float>) -> Void = { _, _ in },
    _ body: @Sendable (_ block: Range<Int>, _ sums: Elements<Float>, _ rows: Range<Int>) -> Void
  ) {
    let width = factor.width
    guard rowCount > 0, let most = Shape([rowCount, min(width, blockLength)]),
      let panels = Shape([
        PackedMatrix.elementCount(depth: width, columnCount: min(width, blockLength))
      ])
    else { return }
    let sums = TensorView(zeros: .f32, most).elements(of: Float.self)
    let memory = TensorView(zeros: .f32, panels).elements(of: Float.self)
    for start in stride(from: 0, to: width, by: blockLength) {
      let block = start..<min(start + blockLength, width)
      let packed = PackedMatrix(
        factor.shares, from: start, rowStride: width, columnStride: 1, depth: start,
        columnCount: block.count, in: memory)
      team.share(rowCount, unit: 6) { rows in
        packed.multiply(
          elements, leftStride: width, into: sums, outStride: block.count, rows: rows,
          panels: 0..<packed.panelCount)
        body(block, sums, rows)
      }
      finish(block, sums)
    }
  }

  /// Adds the errors of a column of some rows to what is added to the columns after it in its block.
  func spread(
    _ column: Int, of block: Range<Int>, _ rows: Range<Int>, _ sums: Elements<Float>
  ) {
    let width = factor.width
    let place = column - block.lowerBound + 1
    Kernels.addOuterProduct(
      elements, from: rows.lowerBound * width + column, stride: width, factor.shares,
      from: min(column * width + column + 1, factor.shares.count), to: sums,
      at: min(rows.lowerBound * block.count + place, sums.count), stride: block.count,
      rowCount: rows.count, columnCount: block.count - place)
  }
}
