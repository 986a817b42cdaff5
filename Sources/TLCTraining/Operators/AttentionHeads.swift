internal import TLCBLAS
import TLCCore
import TLCKernels
import TLCModel

/// The heads of an attention in training: each of a batch is work of its own.
struct AttentionHeads {
  let batchCount: Int, headCount: Int
  let queryCount: Int, keyCount: Int
  /// Of a head, and of all.
  let size: Int, width: Int
  let scale: Float
  private let isCausal: Bool
  private let q: Elements<Float>, k: Elements<Float>, v: Elements<Float>
  private let mask: Elements<Float>?
  private let maskStrides: [Int]
  private let dropout: TrainingKernels.Dropout?

  init(
    _ attention: AttentionTraining, q: TensorView, k: TensorView, v: TensorView,
    mask: TensorView?, seed: TensorView?
  ) {
    batchCount = q.shape.dimensions[0]
    queryCount = q.shape.dimensions[1]
    keyCount = k.shape.dimensions[1]
    width = q.shape.dimensions[2]
    headCount = attention.headCount
    size = width / headCount
    scale = attention.scale ?? 1 / Float(size).squareRoot()
    isCausal = attention.isCausal
    (self.q, self.k, self.v) = (q.floats, k.floats, v.floats)
    self.mask = mask?.floats
    let scores = Shape([batchCount, headCount, queryCount, keyCount]) ?? .scalar
    maskStrides = mask.map { Broadcasting.strides(of: $0.shape, in: scores) } ?? []
    dropout =
      attention.ratio > 0
      ? seed.map { .init(ratio: attention.ratio, $0, stream: attention.stream) } : nil
  }

  static func scratchByteCount(
    _ q: Shape, _ k: Shape, matrices: Int, threadCount: Int
  ) -> Int {
    let count = q.dimensions[1] * k.dimensions[1]
    return threadCount * matrices * count * MemoryLayout<Float>.stride
  }

  /// Calls `body` for each head of each of the batch, with matrices [queries, keys] of its own.
  func share(
    _ context: EvaluationContext, matrices: Int,
    _ body: @Sendable (_ item: Int, _ scratch: Elements<Float>) -> Void
  ) {
    let threads = context.team.threadCount
    let count = matrices * queryCount * keyCount
    let items = batchCount * headCount
    let memory: Elements<Float>
    if let scratch = context.scratch, scratch.byteCount >= threads * count * 4 {
      memory =
        TensorView(
          dtype: .f32, shape: .vector(threads * count), storage: scratch.storage,
          byteOffset: scratch.byteOffset
        ).floats
    } else {
      memory = TensorView(zeros: .f32, .vector(threads * count)).floats
    }
    context.team.share(threads) { parts in
      for part in parts {
        let own = memory[part * count..<(part + 1) * count]
        for item in items * part / threads..<items * (part + 1) / threads { body(item, own) }
      }
    }
  }

  private func place(_ item: Int, rows: Int) -> Int {
    item / headCount * rows * width + item % headCount * size
  }

  /// The part of a head in queries, or in what has their shape.
  func queries(_ item: Int, of elements: Elements<Float>, transposed: Bool = false) -> BLAS.Matrix {
    .init(
      elements, from: place(item, rows: queryCount), stride: width, transposed: transposed)
  }

  /// The part of a head in keys or values, or in what has their shape.
  func keys(_ item: Int, of elements: Elements<Float>, transposed: Bool = false) -> BLAS.Matrix {
    .init(elements, from: place(item, rows: keyCount), stride: width, transposed: transposed)
  }

  /// The weights of a head: softmax of its scores.
  func weigh(_ item: Int, into weights: Elements<Float>) {
    BLAS.multiply(
      .init(rows: queryCount, columns: keyCount, depth: size), queries(item, of: q),
      keys(item, of: k, transposed: true), alpha: scale,
      into: .init(weights, stride: keyCount))
    if let mask {
      let base = item / headCount * maskStrides[0] + item % headCount * maskStrides[1]
      for row in 0..<queryCount {
        Lines.map(
          keyCount, weights, from: row * keyCount, step: 1, mask,
          from: base + row * maskStrides[2], step: maskStrides[3], into: weights,
          at: row * keyCount
        ) { $0 + $1 }
      }
    }
    if isCausal {
      for row in 0..<queryCount where row + 1 < keyCount {
        weights[row * keyCount + row + 1..<(row + 1) * keyCount].fill(-.infinity)
      }
    }
    Kernels.softmax(weights, to: weights, length: keyCount, rows: 0..<queryCount)
  }

  /// Leaves weights out by chance, or gradients of them, in place.
  func drop(_ item: Int, _ weights: Elements<Float>) {
    guard let dropout else { return }
    let count = queryCount * keyCount
    TrainingKernels.drop(
      dropout, weights, from: 0, into: weights, at: 0, count: count, first: item * count,
      adding: false)
  }

  /// Weights times values.
  func multiply(_ item: Int, _ weights: Elements<Float>, into out: Elements<Float>) {
    BLAS.multiply(
      .init(rows: queryCount, columns: size, depth: keyCount), .init(weights, stride: keyCount),
      keys(item, of: v), into: queries(item, of: out))
  }

  /// The gradients of a head's queries, keys and values.
  ///
  /// - Parameters:
  ///   - item: which head of which of the batch.
  ///   - dy: the gradient of the result.
  ///   - targets: where those of queries, keys and values go.
  ///   - scratch: two matrices [queries, keys].
  func propagate(
    _ item: Int, _ dy: Elements<Float>, to targets: [GradientTarget?], _ scratch: Elements<Float>
  ) {
    let count = queryCount * keyCount
    let (weights, slopes) = (scratch[0..<count], scratch[count..<2 * count])
    weigh(item, into: weights)
    func beta(_ target: GradientTarget) -> Float { target.isAdding ? 1 : 0 }
    // In the order of the inputs: of one that is given twice, the first gradient is not added.
    if targets[0] != nil || targets[1] != nil {
      BLAS.multiply(
        .init(rows: queryCount, columns: keyCount, depth: size), queries(item, of: dy),
        keys(item, of: v, transposed: true), into: .init(slopes, stride: keyCount))
      drop(item, slopes)
      TrainingKernels.softmaxGradient(
        weights, slopes, factor: scale, into: slopes, length: keyCount, rows: 0..<queryCount,
        adding: false)
      if let target = targets[0] {
        BLAS.multiply(
          .init(rows: queryCount, columns: size, depth: keyCount), .init(slopes, stride: keyCount),
          keys(item, of: k), beta: beta(target), into: queries(item, of: target.floats))
      }
      if let target = targets[1] {
        BLAS.multiply(
          .init(rows: keyCount, columns: size, depth: queryCount),
          .init(slopes, stride: keyCount, transposed: true), queries(item, of: q),
          beta: beta(target), into: keys(item, of: target.floats))
      }
    }
    if let target = targets[2] {
      // What stayed of the weights, in the place of the slopes.
      slopes.copy(count, from: weights, at: 0, to: 0)
      drop(item, slopes)
      BLAS.multiply(
        .init(rows: keyCount, columns: size, depth: queryCount),
        .init(slopes, stride: keyCount, transposed: true), queries(item, of: dy),
        beta: beta(target), into: keys(item, of: target.floats))
    }
  }
}
