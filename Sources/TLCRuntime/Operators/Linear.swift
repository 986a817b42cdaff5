import TLCCore
import TLCKernels
import TLCModel

/// `MatMul` with a packed matrix, `Add` of a vector, and a function: the bits of the three.
struct Linear: Operator {
  static let name = "Linear"
  static let domain = "tlc"
  static let inputCounts = 1...1

  let matrix: PackedMatrix
  let bias: TensorView?
  let activation: Kernels.Function?

  init(_ matrix: PackedMatrix, bias: TensorView?, activation: Kernels.Function?) {
    self.matrix = matrix
    self.bias = bias
    self.activation = activation
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
