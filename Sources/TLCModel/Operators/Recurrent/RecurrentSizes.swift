internal import TLCCore
internal import TLCKernels

/// The lengths of a recurrence, and how it is divided into parts that need nothing of each other.
struct RecurrentSizes: Sendable {
  let stepCount: Int
  let batchCount: Int
  let inputSize: Int
  let hiddenSize: Int
  let directionCount: Int
  let gateCount: Int
  /// The columns of each matrix that the hidden state is multiplied by.
  let hiddenColumns: [Int]
  let isBatchFirst: Bool
  /// The parts that the batch is divided into.
  let chunkCount: Int

  init(
    _ attributes: RecurrentAttributes, input: Shape, weights: Shape, gateCount: Int,
    hiddenColumns: (_ hiddenSize: Int) -> [Int], threadCount: Int
  ) {
    isBatchFirst = attributes.isBatchFirst
    stepCount = input.dimensions[isBatchFirst ? 1 : 0]
    batchCount = input.dimensions[isBatchFirst ? 0 : 1]
    inputSize = input.dimensions[2]
    directionCount = attributes.directionCount
    self.gateCount = gateCount
    hiddenSize = weights.dimensions[1] / gateCount
    self.hiddenColumns = hiddenColumns(hiddenSize)
    chunkCount = max(1, min(batchCount, threadCount / directionCount))
  }

  /// The columns of all gates.
  var gateSize: Int { gateCount * hiddenSize }
  /// The most rows of a chunk.
  var chunkLength: Int { (batchCount + chunkCount - 1) / chunkCount }

  func rows(ofChunk chunk: Int) -> Range<Int> {
    batchCount * chunk / chunkCount..<batchCount * (chunk + 1) / chunkCount
  }

  /// The steps whose inputs are multiplied at a time: some MiB of products.
  var blockLength: Int {
    let most = (1 << 18) / max(1, chunkLength * gateSize)
    return max(1, min(stepCount, max(16, most)))
  }

  /// The elements of a direction's packed matrices.
  var packedCount: Int {
    hiddenColumns.reduce(PackedMatrix.elementCount(depth: inputSize, columnCount: gateSize)) {
      $0 + PackedMatrix.elementCount(depth: hiddenSize, columnCount: $1)
    }
  }

  /// The elements of memory that a part works in: products of inputs, products of the hidden state,
  /// the state, and two rows more for each.
  var partCount: Int {
    blockLength * chunkLength * gateSize + chunkLength * (gateSize + 4 * hiddenSize)
  }

  /// Where row `row` of step `step` is in the inputs.
  func inputRow(_ step: Int, _ row: Int) -> Int {
    (isBatchFirst ? row * stepCount + step : step * batchCount + row) * inputSize
  }

  /// How far apart a row's steps are in the inputs.
  var inputStepStride: Int { isBatchFirst ? inputSize : batchCount * inputSize }

  /// Where row `row` of step `step` is in the outputs.
  func outputRow(_ step: Int, _ direction: Int, _ row: Int) -> Int {
    let place =
      isBatchFirst
      ? (row * stepCount + step) * directionCount + direction
      : (step * directionCount + direction) * batchCount + row
    return place * hiddenSize
  }

  /// Where a row is in first and last states.
  func stateRow(_ direction: Int, _ row: Int) -> Int {
    (isBatchFirst ? row * directionCount + direction : direction * batchCount + row) * hiddenSize
  }
}
