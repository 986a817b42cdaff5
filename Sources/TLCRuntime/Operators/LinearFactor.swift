import TLCKernels

/// The fixed right factor of a ``Linear``.
enum LinearFactor: Sendable {
  /// A matrix, and the same without its zeros where so many are zero that it is faster on many rows.
  case floats(PackedMatrix, sparse: SparseMatrix?)
  /// Codes for activations as bytes.
  case bytes(IntegerMatrix)
  /// Codes for activations as they are.
  case codes(CodeMatrix)

  /// The share of zeros from which a matrix is kept without them too, and the rows from which it is
  /// then used: where its kernel is well ahead of the dense one, on every instruction set.
  static let sparse = (zeroShare: 0.65, rowCount: 32)

  /// Packs a matrix of numbers.
  ///
  /// - Parameter leavesZerosOut: whether it is kept without its zeros too, where they are many.
  init(
    packing matrix: Elements<Float>, depth: Int, columnCount: Int, isTransposed: Bool,
    leavesZerosOut: Bool
  ) {
    let zeros = leavesZerosOut ? matrix.indices.count { matrix[$0] == 0 } : 0
    let isSparse =
      leavesZerosOut && Double(zeros) >= Self.sparse.zeroShare * Double(max(1, matrix.count))
    self = .floats(
      PackedMatrix(
        matrix, depth: depth, columnCount: columnCount, isTransposed: isTransposed),
      sparse: isSparse
        ? SparseMatrix(
          matrix, depth: depth, columnCount: columnCount, isTransposed: isTransposed) : nil)
  }

  /// The length of the axis that products sum over.
  var depth: Int {
    switch self {
    case .floats(let matrix, _): matrix.depth
    case .bytes(let matrix): matrix.depth
    case .codes(let matrix): matrix.depth
    }
  }

  var columnCount: Int {
    switch self {
    case .floats(let matrix, _): matrix.columnCount
    case .bytes(let matrix): matrix.columnCount
    case .codes(let matrix): matrix.columnCount
    }
  }

  /// The number of panels of `PackedMatrix/panelWidth` columns.
  var panelCount: Int {
    switch self {
    case .floats(let matrix, _): matrix.panelCount
    case .bytes(let matrix): matrix.panelCount
    case .codes(let matrix): matrix.panelCount
    }
  }

  /// The form that is multiplied by, and its bytes in memory.
  func use(rowCount: Int) -> (form: WeightUse.Form, byteCount: Int) {
    switch self {
    case .floats(_, let sparse?) where rowCount >= Self.sparse.rowCount:
      (.sparse, sparse.byteCount)
    case .floats(let matrix, _): (.floats, matrix.byteCount)
    case .bytes(let matrix): (.bytes, matrix.byteCount)
    case .codes(let matrix): (.codes, matrix.byteCount)
    }
  }
}
