internal import TLCCore
internal import TLCKernels

/// What is added to scores.
struct AttentionMask {
  private let floats: Elements<Float>?
  private let flags: Elements<UInt8>?
  private let strides: [Int]
  /// The keys that it has; beyond them it is −∞, unless it is the same for all.
  private let columnCount: Int

  /// - Precondition: the mask broadcasts, but for its last axis, which may be shorter.
  init(
    _ view: TensorView, _ sizes: AttentionSizes, _ scratch: inout Scratch
  ) throws(OperatorError) {
    let lengths = sizes.lengths
    let last = view.shape.dimensions.last ?? 1
    let columns = last == 1 ? sizes.total : last
    guard columns <= sizes.total,
      let shape = Shape([lengths.batch, lengths.queryHeads, lengths.queries, columns])
    else { throw OperatorError("its mask is \(view.shape), for \(sizes.total) keys") }
    strides = Broadcasting.strides(of: view.shape, in: shape)
    columnCount = columns
    flags = view.dtype == .bool ? view.elements(of: UInt8.self) : nil
    floats = view.dtype == .bool ? nil : FloatTensor(reading: view, &scratch).elements
  }

  /// Adds the mask to the scores of a query, which start at `start`.
  func add(
    to scores: Elements<Float>, at start: Int, count: Int, _ batch: Int, _ head: Int, _ query: Int
  ) {
    let first = batch * strides[0] + head * strides[1] + query * strides[2]
    if let floats {
      Kernels.combine(
        .add, columnCount, scores, from: start, step: 1, floats, from: first, step: strides[3],
        into: scores, at: start)
    } else if let flags {
      Lines.map(
        columnCount, scores, from: start, step: 1, flags, from: first, step: strides[3],
        into: scores, at: start
      ) { FloatFunctions.canonical($0 + ($1 != 0 ? 0 : -.infinity)) }
    }
    Self.hide(columnCount..<count, of: scores, at: start)
  }

  /// Adds −∞ to scores.
  static func hide(_ keys: Range<Int>, of scores: Elements<Float>, at start: Int) {
    Lines.map(
      keys.count, scores, from: start + keys.lowerBound, into: scores, at: start + keys.lowerBound
    ) { FloatFunctions.canonical($0 + -.infinity) }
  }
}

/// An attention in a run.
struct AttentionRun {
  let sizes: AttentionSizes
  let scale: Float
  let softcap: Float
  let isCausal: Bool
  let scoreStep: Int
  let query: Elements<Float>
  let keys: AttentionSizes.Rows
  let values: AttentionSizes.Rows
  let mask: AttentionMask?
  /// The keys of each of the batch that are no padding.
  let counts: [Int]?
  let result: Elements<Float>?
  let scores: Elements<Float>?

  /// - Parameter memory: ``AttentionSizes/partCount`` elements for each worker.
  func compute(in memory: Elements<Float>, team: Team) {
    let items = sizes.lengths.batch * sizes.lengths.queryHeads * sizes.rowParts
    let workers = sizes.workerCount
    team.share(workers) { part in
      for worker in part {
        let own = memory[worker * sizes.partCount..<(worker + 1) * sizes.partCount]
        for item in items * worker / workers..<items * (worker + 1) / workers {
          let head = item / sizes.rowParts
          compute(
            head / sizes.lengths.queryHeads, head % sizes.lengths.queryHeads,
            part: item % sizes.rowParts, in: own)
        }
      }
    }
  }

  /// The part of the queries of a head.
  private func compute(_ batch: Int, _ head: Int, part: Int, in memory: Elements<Float>) {
    let (lengths, total) = (sizes.lengths, sizes.total)
    var used = 0
    let pieces = sizes.pieces.map { count in
      defer { used += count }
      return memory[used..<used + count]
    }
    let keyHead = head / (lengths.queryHeads / lengths.keyHeads)
    let root = scale.squareRoot()
    let packedKeys = PackedMatrix(
      keys.elements, from: keys.start(batch, keyHead), rowStride: 1, columnStride: keys.rowStride,
      depth: lengths.headSize, columnCount: total, in: pieces[0])
    Lines.map(pieces[0].count, pieces[0], from: 0, into: pieces[0], at: 0) { $0 * root }
    let packedValues = PackedMatrix(
      values.elements, from: values.start(batch, keyHead), rowStride: values.rowStride,
      columnStride: 1, depth: total, columnCount: lengths.valueSize, in: pieces[1])
    let source = sizes.place(
      query, heads: lengths.queryHeads, rows: lengths.queries, size: lengths.headSize)
    let rows =
      lengths.queries * part / sizes.rowParts..<lengths.queries * (part + 1) / sizes.rowParts
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: AttentionSizes.blockLength)
    {
      let count = min(AttentionSizes.blockLength, rows.upperBound - first)
      for row in 0..<count {
        Lines.map(
          lengths.headSize, source.elements,
          from: source.start(batch, head) + (first + row) * source.rowStride, into: pieces[3],
          at: row * lengths.headSize
        ) { $0 * root }
      }
      packedKeys.multiply(
        pieces[3], into: pieces[2], rowCount: count, team: .alone)
      weigh(pieces[2], batch, head, queries: first..<first + count)
      guard let result else { continue }
      let target = sizes.place(
        result, heads: lengths.queryHeads, rows: lengths.queries, size: lengths.valueSize)
      packedValues.multiply(
        pieces[2], into: result, at: target.start(batch, head) + first * target.rowStride,
        outStride: target.rowStride, rowCount: count, team: .alone)
    }
  }

  /// Makes weights of scores, and keeps those of the step that is asked for.
  private func weigh(_ block: Elements<Float>, _ batch: Int, _ head: Int, queries: Range<Int>) {
    let total = sizes.total
    let count = queries.count * total
    func keep(after step: Int) {
      guard step == scoreStep, let scores else { return }
      let first = (batch * sizes.lengths.queryHeads + head) * sizes.lengths.queries
      scores.copy(count, from: block, at: 0, to: (first + queries.lowerBound) * total)
    }
    keep(after: 0)
    for (row, query) in queries.enumerated() {
      mask?.add(to: block, at: row * total, count: total, batch, head, query)
      let visible = min(
        isCausal ? (sizes.lengths.past ?? 0) + query + 1 : total, counts?[batch] ?? total)
      if visible < total {
        AttentionMask.hide(visible..<total, of: block, at: row * total)
      }
    }
    keep(after: 1)
    if softcap > 0 {
      Lines.map(count, block, from: 0, into: block, at: 0) { [softcap] in $0 / softcap }
      Kernels.apply(.tanh, block, to: block, in: 0..<count)
      Lines.map(count, block, from: 0, into: block, at: 0) { [softcap] in $0 * softcap }
    }
    keep(after: 2)
    Kernels.softmax(block, to: block, length: total, rows: 0..<queries.count)
    keep(after: 3)
  }
}
