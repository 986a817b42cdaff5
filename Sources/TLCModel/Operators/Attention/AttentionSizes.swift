internal import TLCCore
internal import TLCKernels

/// The lengths of an attention in a run, and how it is divided among threads.
struct AttentionSizes: Sendable {
  /// Where the rows of heads are in a tensor.
  struct Rows {
    let elements: Elements<Float>
    let batchStride: Int
    let headStride: Int
    let rowStride: Int

    func start(_ batch: Int, _ head: Int) -> Int { batch * batchStride + head * headStride }
  }

  let lengths: AttentionLengths<Int>
  /// Whether a row of queries, keys and values has all heads.
  let isRowMajor: Bool
  /// Into how many parts the queries of a head are divided.
  let rowParts: Int
  let workerCount: Int

  /// The queries whose scores are in memory at a time.
  static let blockLength = 48

  init(_ lengths: AttentionLengths<Int>, isRowMajor: Bool, threadCount: Int) {
    self.lengths = lengths
    self.isRowMajor = isRowMajor
    let heads = max(1, lengths.batch * lengths.queryHeads)
    rowParts = max(1, min((threadCount + heads - 1) / heads, (lengths.queries + 5) / 6))
    workerCount = max(1, min(threadCount, heads * rowParts))
  }

  /// The number of all keys.
  var total: Int { (lengths.past ?? 0) + lengths.keys }
  var keepsPast: Bool { lengths.past != nil }
  /// The elements of all keys of all heads, and of all values.
  var keyCount: Int { lengths.batch * lengths.keyHeads * total * lengths.headSize }
  var valueCount: Int { lengths.batch * lengths.keyHeads * total * lengths.valueSize }

  private var rows: Int { min(Self.blockLength, max(1, lengths.queries)) }
  /// The elements of packed keys, packed values, scores and scaled queries.
  var pieces: [Int] {
    [
      PackedMatrix.elementCount(depth: lengths.headSize, columnCount: total),
      PackedMatrix.elementCount(depth: total, columnCount: lengths.valueSize), rows * total,
      rows * lengths.headSize,
    ]
  }
  /// The elements of memory that a worker needs.
  var partCount: Int { pieces.reduce(0, +) }

  /// Where the rows of an input or the result are.
  func place(_ elements: Elements<Float>, heads: Int, rows: Int, size: Int) -> Rows {
    Rows(
      elements: elements, batchStride: heads * rows * size,
      headStride: isRowMajor ? size : rows * size, rowStride: isRowMajor ? heads * size : size)
  }

  /// All keys and values: those that are given, behind those that are there already.
  ///
  /// - Parameters:
  ///   - allKeys: the memory for them, where they are an output.
  func gather(
    _ key: Elements<Float>, _ value: Elements<Float>, past pastKey: Elements<Float>?,
    _ pastValue: Elements<Float>?, into allKeys: Elements<Float>?, _ allValues: Elements<Float>?,
    _ scratch: inout Scratch
  ) -> (keys: Rows, values: Rows) {
    func gather(
      _ given: Elements<Float>, _ past: Elements<Float>?, _ out: Elements<Float>?, _ size: Int
    ) -> Rows {
      let source = place(given, heads: lengths.keyHeads, rows: lengths.keys, size: size)
      guard past != nil || out != nil else { return source }
      let first = lengths.past ?? 0
      let all = Rows(
        elements: out ?? scratch.floats(lengths.batch * lengths.keyHeads * total * size),
        batchStride: lengths.keyHeads * total * size, headStride: total * size, rowStride: size)
      for batch in 0..<lengths.batch {
        for head in 0..<lengths.keyHeads {
          let start = all.start(batch, head)
          if let past {
            all.elements.copy(
              first * size, from: past, at: (batch * lengths.keyHeads + head) * first * size,
              to: start)
          }
          for row in 0..<lengths.keys {
            all.elements.copy(
              size, from: given, at: source.start(batch, head) + row * source.rowStride,
              to: start + (first + row) * size)
          }
        }
      }
      return all
    }
    return (
      gather(key, pastKey, allKeys, lengths.headSize),
      gather(value, pastValue, allValues, lengths.valueSize)
    )
  }
}
