internal import COpenBLAS
public import TLCCore
public import TLCKernels

/// Products of matrices by OpenBLAS: for training, where results have tolerances.
public enum BLAS {
  /// A matrix in memory, or its transpose.
  public struct Matrix: Sendable {
    /// The memory that it is in.
    public var elements: Elements<Float>
    /// The place of its first element.
    public var start: Int
    /// The elements from row to row in memory.
    public var stride: Int
    /// Whether it is the transpose of what is in memory.
    public var isTransposed: Bool

    /// A matrix of rows that are `stride` apart, from `start` on.
    public init(
      _ elements: Elements<Float>, from start: Int = 0, stride: Int, transposed: Bool = false
    ) {
      self.elements = elements
      self.start = start
      self.stride = stride
      isTransposed = transposed
    }

    /// The same from a row or a column of it on.
    func moved(rows: Int, columns: Int) -> Matrix {
      var moved = self
      moved.start += isTransposed ? columns * stride + rows : rows * stride + columns
      return moved
    }

    /// The elements that a part of these rows and columns reads or writes.
    func range(rows: Int, columns: Int) -> Range<Int> {
      let (lines, length) = isTransposed ? (columns, rows) : (rows, columns)
      precondition(length <= stride || lines == 1, "rows of \(length), \(stride) apart")
      return start..<start + (lines - 1) * stride + length
    }
  }

  /// The sizes of a product: [rows, depth] · [depth, columns].
  public struct Sizes: Sendable {
    /// The rows of the left factor and of the result.
    public var rows: Int
    /// The columns of the right factor and of the result.
    public var columns: Int
    /// What is summed over.
    public var depth: Int

    /// These sizes.
    public init(rows: Int, columns: Int, depth: Int) {
      self.rows = rows
      self.columns = columns
      self.depth = depth
    }
  }

  /// OpenBLAS shares no product out among threads of its own: teams do, in parts that do not depend
  /// on how many threads there are.
  private static let isAlone: Void = openblas_set_num_threads(1)

  /// c = alpha · a · b + beta · c, on the thread that asks.
  ///
  /// - Precondition: the elements exist, and `c` is not transposed and no memory of `a` or `b`.
  public static func multiply(
    _ sizes: Sizes, _ a: Matrix, _ b: Matrix, alpha: Float = 1, beta: Float = 0, into c: Matrix
  ) {
    guard sizes.rows > 0, sizes.columns > 0 else { return }
    precondition(!c.isTransposed && sizes.depth > 0, "a product of no depth, or transposed")
    _ = isAlone
    let (m, n, k) = (Int32(sizes.rows), Int32(sizes.columns), Int32(sizes.depth))
    let left = a.range(rows: sizes.rows, columns: sizes.depth)
    let right = b.range(rows: sizes.depth, columns: sizes.columns)
    let result = c.range(rows: sizes.rows, columns: sizes.columns)
    // SAFETY: each matrix has all the elements that its sizes and stride name, and no pointer
    // outlives the call.
    unsafe a.elements.withMemory(of: left) { x in
      unsafe b.elements.withMemory(of: right) { y in
        unsafe c.elements.withMemory(of: result) { z in
          unsafe cblas_sgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
            b.isTransposed ? CblasTrans : CblasNoTrans, m, n, k, alpha, x, Int32(a.stride), y,
            Int32(b.stride), beta, z, Int32(c.stride))
        }
      }
    }
  }

  /// The same on the threads of a team, which share out rows or columns.
  public static func multiply(
    _ sizes: Sizes, _ a: Matrix, _ b: Matrix, alpha: Float = 1, beta: Float = 0, into c: Matrix,
    team: Team
  ) {
    let byRows = sizes.rows >= sizes.columns
    let length = byRows ? sizes.rows : sizes.columns
    let count = partCount(sizes, length: length)
    team.share(count) { parts in
      for part in parts {
        let start = length * part / count
        let end = length * (part + 1) / count
        var own = sizes
        if byRows {
          own.rows = end - start
          multiply(
            own, a.moved(rows: start, columns: 0), b, alpha: alpha, beta: beta,
            into: c.moved(rows: start, columns: 0))
        } else {
          own.columns = end - start
          multiply(
            own, a, b.moved(rows: 0, columns: start), alpha: alpha, beta: beta,
            into: c.moved(rows: 0, columns: start))
        }
      }
    }
  }

  /// Parts of a product: large enough to be worth a thread, and at most 64.
  private static func partCount(_ sizes: Sizes, length: Int) -> Int {
    let work = sizes.rows * sizes.columns * sizes.depth
    return max(1, min(64, length / 64, work >> 25))
  }
}
