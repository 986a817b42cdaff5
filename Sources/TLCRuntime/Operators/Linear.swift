import TLCCore
import TLCKernels
import TLCModel

/// `MatMul` with a packed matrix, `Add` of a vector, and a function: the bits of the three.
struct Linear: Operator {
  static let name = "Linear"
  static let domain = "tlc"
  static let inputCounts = 1...1

  let matrix: PackedMatrix
  /// The same matrix without its zeros, where so many are zero that it is faster on many rows.
  let sparse: SparseMatrix?
  let bias: TensorView?
  let activation: Kernels.Function?

  /// The share of zeros from which a matrix is kept without them too, and the rows from which it is
  /// then used: where its kernel is well ahead of the dense one, on every instruction set.
  static let sparse = (zeroShare: 0.65, rowCount: 32)

  init(
    _ matrix: PackedMatrix, sparse: SparseMatrix?, bias: TensorView?,
    activation: Kernels.Function?
  ) {
    self.matrix = matrix
    self.sparse = sparse
    self.bias = bias
    self.activation = activation
  }

  /// Packs a matrix, and keeps it without its zeros too where that pays.
  init(
    packing matrix: Elements<Float>, depth: Int, columnCount: Int, isTransposed: Bool
  ) {
    let zeros = matrix.indices.count { matrix[$0] == 0 }
    let isSparse = Double(zeros) >= Self.sparse.zeroShare * Double(max(1, matrix.count))
    self.init(
      PackedMatrix(
        matrix, depth: depth, columnCount: columnCount, isTransposed: isTransposed),
      sparse: isSparse
        ? SparseMatrix(
          matrix, depth: depth, columnCount: columnCount, isTransposed: isTransposed) : nil,
      bias: nil, activation: nil)
  }

  /// The same product with another bias and function.
  func with(bias: TensorView?, activation: Kernels.Function? = nil) -> Linear {
    Linear(matrix, sparse: sparse, bias: bias, activation: activation)
  }

  init(_ attributes: inout Attributes) throws(OperatorError) {
    throw OperatorError("it is made by planning alone")
  }

  func infer(_ inputs: OperatorInputs, outputCount: Int) throws(OperatorError) -> [ValueType] {
    let left = try inputs[0]
    guard left.dtype == .f32, left.dimensions.last?.length == matrix.depth else {
      throw OperatorError("its input is \(left), and its matrix has \(matrix.depth) rows")
    }
    return [ValueType(.f32, left.dimensions.dropLast() + [Dimension(matrix.columnCount)])]
  }

  func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let left = inputs[0], let out = outputs[0], out.shape.count > 0 else { return }
    let rows = out.shape.count / matrix.columnCount
    let (x, y) = (left.elements(of: Float.self), out.elements(of: Float.self))
    let biases = bias?.elements(of: Float.self)
    if let sparse, rows >= Self.sparse.rowCount {
      return context.team.share(rows, unit: Self.sparse.rowCount) { part in
        sparse.multiply(x, bias: biases, into: y, rows: part, columns: 0..<matrix.columnCount)
        activate(y, rows: part, columns: 0..<matrix.columnCount)
      }
    }
    // Rows are shared out where there are enough of them, else panels of columns.
    if rows >= 6 * context.team.threadCount {
      context.team.share(rows, unit: 6) { part in
        matrix.multiply(x, bias: biases, into: y, rows: part, panels: 0..<matrix.panelCount)
        activate(y, rows: part, columns: 0..<matrix.columnCount)
      }
    } else {
      context.team.share(matrix.panelCount, unit: 4) { part in
        matrix.multiply(x, bias: biases, into: y, rows: 0..<rows, panels: part)
        let width = PackedMatrix.panelWidth
        activate(
          y, rows: 0..<rows,
          columns: part.lowerBound * width..<min(part.upperBound * width, matrix.columnCount))
      }
    }
  }

  private func activate(_ y: Elements<Float>, rows: Range<Int>, columns: Range<Int>) {
    guard let activation else { return }
    for row in rows {
      let start = row * matrix.columnCount
      Kernels.apply(
        activation, y, to: y, in: start + columns.lowerBound..<start + columns.upperBound)
    }
  }
}
