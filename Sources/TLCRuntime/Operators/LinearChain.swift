import TLCCore
import TLCKernels
import TLCModel

/// Two ``Linear``, of which the second alone reads what the first gives: the bits of both. Of many rows
/// it is in the caches, and never all in memory.
struct LinearChain: Operator {
  static let name = "LinearChain"
  static let domain = "tlc"
  static let inputCounts = 1...1

  let first: Linear
  let second: Linear

  init(_ first: Linear, _ second: Linear) {
    self.first = first
    self.second = second
  }

  init(_ attributes: inout Attributes) throws(OperatorError) {
    throw OperatorError("it is made by planning alone")
  }

  func infer(_ inputs: OperatorInputs, outputCount: Int) throws(OperatorError) -> [ValueType] {
    let middle = try first.infer(inputs, outputCount: 1)[0]
    guard middle.dimensions.last?.length == second.matrix.depth else {
      throw OperatorError("it gives \(middle) to a matrix of \(second.matrix.depth) rows")
    }
    return [
      ValueType(.f32, middle.dimensions.dropLast() + [Dimension(second.matrix.columnCount)])
    ]
  }

  /// The bytes of what the first gives of some rows.
  private func middleByteCount(rowCount: Int) -> Int {
    CacheLines.byteCount(rowCount * first.matrix.columnCount * MemoryLayout<Float>.stride)
  }

  /// The bytes that some rows need: what the first gives of them, and behind it what either needs.
  private func byteCount(rowCount: Int) -> Int {
    middleByteCount(rowCount: rowCount)
      + max(
        first.scratchByteCount(rowCount: rowCount), second.scratchByteCount(rowCount: rowCount))
  }

  func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let out = outputs[0], out.shape.count > 0 else { return 0 }
    let rows = out.shape.count / second.matrix.columnCount
    return RowBlocks(rows, threadCount: threadCount) == nil
      ? byteCount(rowCount: rows) : threadCount * byteCount(rowCount: RowBlocks.rowCount)
  }

  func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let left = inputs[0], let out = outputs[0], out.shape.count > 0 else { return }
    let rows = out.shape.count / second.matrix.columnCount
    guard let blocks = RowBlocks(rows, threadCount: context.team.threadCount) else {
      let (middle, rest) = try memory(rows, context.scratch, at: 0)
      var context = context
      context.scratch = rest
      try first.evaluate(inputs, into: [middle], context)
      return try second.evaluate([middle], into: outputs, context)
    }
    let (x, y) = (left.elements(of: Float.self), out.elements(of: Float.self))
    let share = byteCount(rowCount: RowBlocks.rowCount)
    let memories = try (0..<context.team.threadCount).map { thread throws(OperatorError) in
      try memory(RowBlocks.rowCount, context.scratch, at: thread * share)
    }
    blocks.forEach(context.team) { block, thread in
      let middle = memories[thread].middle.elements(of: Float.self)
      first.multiply(
        x, from: block.lowerBound * first.matrix.depth, rowCount: block.count, into: middle, at: 0,
        memories[thread].rest)
      second.multiply(
        middle, from: 0, rowCount: block.count, into: y,
        at: block.lowerBound * second.matrix.columnCount, memories[thread].rest)
    }
  }

  /// Where rows of the middle are, and what is behind it.
  private func memory(
    _ rows: Int, _ scratch: TensorView?, at offset: Int
  ) throws(OperatorError) -> (middle: TensorView, rest: TensorView?) {
    guard let shape = Shape([rows, first.matrix.columnCount]) else {
      throw OperatorError("\(rows) rows are too many")
    }
    let count = middleByteCount(rowCount: rows)
    guard let place = scratch?.part(at: offset, count) else {
      return (TensorView(zeros: .f32, shape), nil)
    }
    return (
      TensorView(dtype: .f32, shape: shape, storage: place.storage, byteOffset: place.byteOffset),
      scratch?.part(at: offset + count, byteCount(rowCount: rows) - count)
    )
  }
}
