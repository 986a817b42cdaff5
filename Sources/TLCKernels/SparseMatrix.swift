internal import CTLCKernels
public import TLCCore

/// The right factor of matrix products without its zeros, for matrices most of whose elements are 0.
///
/// Products have the bits of those of a ``PackedMatrix`` with the same elements. They are faster where
/// some 16 rows or more are multiplied, and half of the elements or more are zero.
public struct SparseMatrix: Sendable {
  /// The length of the axis that products sum over.
  public let depth: Int
  /// The number of columns.
  public let columnCount: Int
  /// How many elements are kept.
  public let keptCount: Int
  private let starts: Storage
  private let rows: Storage
  private let values: Storage

  /// Keeps the elements that are not zero.
  ///
  /// - Parameters:
  ///   - matrix: `[depth, columnCount]`, or transposed.
  ///   - depth: the length of the axis that products sum over.
  ///   - columnCount: the number of columns.
  ///   - isTransposed: whether `matrix` has shape `[columnCount, depth]`, not
  ///     `[depth, columnCount]`.
  /// - Precondition: `matrix` has as many elements.
  public init(_ matrix: Elements<Float>, depth: Int, columnCount: Int, isTransposed: Bool) {
    precondition(matrix.count == depth * columnCount, "\(matrix.count) elements")
    let height = Int(tlc_sparse_depth)
    let blockCount = (depth + height - 1) / height
    let kept = matrix.indices.count { matrix[$0] != 0 }
    starts = Storage(byteCount: (blockCount * columnCount + 1) * MemoryLayout<UInt64>.stride)
    rows = Storage(byteCount: kept)
    values = Storage(byteCount: kept * MemoryLayout<Float>.stride)
    let places = Elements<UInt64>(starts, byteOffset: 0, count: blockCount * columnCount + 1)
    let rowsOfBlocks = Elements<UInt8>(rows, byteOffset: 0, count: kept)
    let numbers = Elements<Float>(values, byteOffset: 0, count: kept)
    var next = 0
    for block in 0..<blockCount {
      for column in 0..<columnCount {
        for row in block * height..<min((block + 1) * height, depth) {
          let x = matrix[isTransposed ? column * depth + row : row * columnCount + column]
          guard x != 0 else { continue }
          rowsOfBlocks[next] = UInt8(row - block * height)
          numbers[next] = x
          next += 1
        }
        places[block * columnCount + column + 1] = UInt64(next)
      }
    }
    self.depth = depth
    self.columnCount = columnCount
    keptCount = kept
  }

  /// The bytes of memory that it takes.
  public var byteCount: Int { starts.byteCount + rows.byteCount + values.byteCount }

  /// What ``PackedMatrix/multiply(_:from:leftStride:bias:into:at:outStride:rows:panels:on:)`` does of
  /// contiguous rows, with columns in place of panels.
  ///
  /// - Parameters:
  ///   - left: `[rows, depth]`, contiguous from its element `leftStart` on.
  ///   - leftStart: the place of the first element of row 0 in `left`.
  ///   - bias: `[columnCount]`, or nothing to add.
  ///   - out: `[rows, columnCount]`, from its element `outStart` on.
  ///   - outStart: the place of the first element of row 0 in `out`.
  ///   - range: the rows to compute; threads may share them out, best in multiples of 64.
  ///   - columns: the columns to compute; threads may share them out.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
  /// - Precondition: the elements exist.
  public func multiply(
    _ left: Elements<Float>, from leftStart: Int = 0, bias: Elements<Float>? = nil,
    into out: Elements<Float>, at outStart: Int = 0, rows range: Range<Int>, columns: Range<Int>,
    on instructions: InstructionSet = .best
  ) {
    guard !range.isEmpty, !columns.isEmpty else { return }
    precondition(
      columns.lowerBound >= 0 && columns.upperBound <= columnCount, "columns \(columns)")
    left.require(leftStart + range.lowerBound * depth..<leftStart + range.upperBound * depth)
    out.require(
      outStart + range.lowerBound * columnCount..<outStart + range.upperBound * columnCount)
    bias?.require(0..<columnCount)
    // SAFETY: checked, and what is kept is as it was stored.
    let matrix = unsafe tlc_sparse_matrix(
      k: depth, n: columnCount, starts: starts.memory.assumingMemoryBound(to: UInt64.self),
      rows: rows.memory.assumingMemoryBound(to: UInt8.self),
      values: values.memory.assumingMemoryBound(to: Float.self))
    unsafe withUnsafeTemporaryAllocation(
      of: Float.self, capacity: columns.count * Int(tlc_sparse_rows)
    ) { scratch in
      unsafe withUnsafePointer(to: matrix) { matrix in
        unsafe tlc_gemm_sparse(
          instructions.isa, range.lowerBound, range.upperBound, columns.lowerBound,
          columns.upperBound, left.memory + leftStart, depth, matrix, bias?.memory,
          out.memory + outStart, columnCount, scratch.baseAddress)
      }
    }
  }
}
