internal import TLCCore
internal import TLCKernels

/// The step of a recurrent cell.
protocol RecurrentCell: Sendable {
  /// Sets the states of all rows after a step.
  func step(_ part: RecurrentPart)
}

/// What a step works on: some rows of a batch, in one direction.
struct RecurrentPart {
  let sizes: RecurrentSizes
  let weights: RecurrentWeights
  let direction: Int
  let rowCount: Int
  /// The inputs' products of each row, biases added, from ``inputStart(_:)`` on.
  let inputs: Elements<Float>
  /// `[rows, gateSize]`, for the cell to use.
  let sums: Elements<Float>
  /// `[rows, hiddenSize]`.
  let hidden: Elements<Float>
  /// `[rows, hiddenSize]`, of the cells that have it.
  let cell: Elements<Float>
  /// `[rows, hiddenSize]` twice, for the cell to use.
  let spare: (Elements<Float>, Elements<Float>)
  let team: Team
  /// Where each row's inputs' products of this step start; negative where the row has ended.
  var inputStarts: [Int]

  /// The rows that have not ended.
  func forEachRow(_ body: (_ row: Int, _ input: Int) -> Void) {
    for row in 0..<rowCount where inputStarts[row] >= 0 { body(row, inputStarts[row]) }
  }

  /// Sets `out` to the products of the rows of `state` and a hidden matrix.
  func multiply(_ state: Elements<Float>, by matrix: Int, into out: Elements<Float>) {
    weights.hidden[direction][matrix].multiply(state, into: out, rowCount: rowCount, team: team)
  }
}

/// A recurrence over the steps of its inputs.
struct Recurrence {
  let attributes: RecurrentAttributes
  let sizes: RecurrentSizes
  let weights: RecurrentWeights
  let inputs: Elements<Float>
  /// The steps of each row; all where nothing is said.
  let lengths: [Int]?
  let firstHidden: Elements<Float>?
  let firstCell: Elements<Float>?
  /// Every step's state, where it is asked for, and the last ones.
  let outputs: (all: Elements<Float>?, hidden: Elements<Float>?, cell: Elements<Float>?)
  /// What is added to the inputs' products: `[directionCount, gateSize]`.
  let inputBiases: Elements<Float>?

  /// - Parameter memory: ``RecurrentSizes/partCount`` elements for each chunk of each direction.
  func run(_ cell: some RecurrentCell, in memory: Elements<Float>, team: Team) {
    let partCount = sizes.directionCount * sizes.chunkCount
    // Steps follow each other, so that threads help with one only where it is long.
    let isLong = partCount == 1 && sizes.hiddenSize * sizes.gateSize >= 1 << 18
    let inner = isLong ? team : .alone
    team.share(partCount) { parts in
      for part in parts {
        let own = memory[part * sizes.partCount..<(part + 1) * sizes.partCount]
        run(
          cell, direction: part / sizes.chunkCount,
          rows: sizes.rows(ofChunk: part % sizes.chunkCount), in: own, team: inner)
      }
    }
  }

  private func run(
    _ cell: some RecurrentCell, direction: Int, rows: Range<Int>, in memory: Elements<Float>,
    team: Team
  ) {
    let (hiddenSize, gateSize) = (sizes.hiddenSize, sizes.gateSize)
    let productCount = sizes.blockLength * sizes.chunkLength * gateSize
    let sumCount = sizes.chunkLength * gateSize
    let stateCount = sizes.chunkLength * hiddenSize
    let states = memory[productCount + sumCount..<memory.count]
    func state(_ place: Int) -> Elements<Float> {
      states[place * stateCount..<(place + 1) * stateCount]
    }
    var part = RecurrentPart(
      sizes: sizes, weights: weights, direction: direction, rowCount: rows.count,
      inputs: memory[0..<productCount], sums: memory[productCount..<productCount + sumCount],
      hidden: state(0), cell: state(1), spare: (state(2), state(3)), team: team,
      inputStarts: [Int](repeating: -1, count: rows.count))
    start(part.hidden, from: firstHidden, direction, rows)
    start(part.cell, from: firstCell, direction, rows)
    for first in stride(from: 0, to: sizes.stepCount, by: sizes.blockLength) {
      let block = first..<min(sizes.stepCount, first + sizes.blockLength)
      multiplyInputs(of: block, direction, rows, part)
      for step in block {
        for (place, row) in rows.enumerated() {
          let offset = time(of: step, direction, row).map { time in
            time - times(of: block, direction, row).lowerBound
          }
          part.inputStarts[place] =
            offset.map { (place * sizes.blockLength + $0) * gateSize } ?? -1
        }
        cell.step(part)
        write(part.hidden, step, direction, rows)
      }
    }
    finish(part.hidden, to: outputs.hidden, direction, rows)
    finish(part.cell, to: outputs.cell, direction, rows)
  }

  private func length(_ row: Int) -> Int { lengths?[row] ?? sizes.stepCount }

  /// The place in time of a row's step, where it has not ended.
  private func time(of step: Int, _ direction: Int, _ row: Int) -> Int? {
    let length = length(row)
    guard step < length else { return nil }
    return attributes.isReversed(direction) ? length - 1 - step : step
  }

  /// The places in time of a row's steps.
  private func times(of steps: Range<Int>, _ direction: Int, _ row: Int) -> Range<Int> {
    let length = length(row)
    let (first, end) = (min(steps.lowerBound, length), min(steps.upperBound, length))
    return attributes.isReversed(direction) ? length - end..<length - first : first..<end
  }

  /// Multiplies the inputs of some steps of each row by the weights, and adds biases.
  private func multiplyInputs(
    of steps: Range<Int>, _ direction: Int, _ rows: Range<Int>, _ part: RecurrentPart
  ) {
    let bias = inputBiases.map {
      $0[direction * sizes.gateSize..<(direction + 1) * sizes.gateSize]
    }
    for (place, row) in rows.enumerated() {
      let times = times(of: steps, direction, row)
      guard !times.isEmpty else { continue }
      weights.input[direction].multiply(
        inputs, from: sizes.inputRow(times.lowerBound, row), leftStride: sizes.inputStepStride,
        bias: bias, into: part.inputs, at: place * sizes.blockLength * sizes.gateSize,
        rowCount: times.count, team: part.team)
    }
  }

  private func start(
    _ state: Elements<Float>, from first: Elements<Float>?, _ direction: Int, _ rows: Range<Int>
  ) {
    guard let first else { return state.fill(0) }
    for (place, row) in rows.enumerated() {
      state.copy(
        sizes.hiddenSize, from: first, at: sizes.stateRow(direction, row),
        to: place * sizes.hiddenSize)
    }
  }

  /// Writes a step's states to the outputs: 0 where a row has ended.
  private func write(
    _ state: Elements<Float>, _ step: Int, _ direction: Int, _ rows: Range<Int>
  ) {
    guard let all = outputs.all else { return }
    for (place, row) in rows.enumerated() {
      let start = sizes.outputRow(time(of: step, direction, row) ?? step, direction, row)
      if step < length(row) {
        all.copy(sizes.hiddenSize, from: state, at: place * sizes.hiddenSize, to: start)
      } else {
        all[start..<start + sizes.hiddenSize].fill(0)
      }
    }
  }

  private func finish(
    _ state: Elements<Float>, to last: Elements<Float>?, _ direction: Int, _ rows: Range<Int>
  ) {
    guard let last else { return }
    for (place, row) in rows.enumerated() {
      last.copy(
        sizes.hiddenSize, from: state, at: place * sizes.hiddenSize,
        to: sizes.stateRow(direction, row))
    }
  }
}
