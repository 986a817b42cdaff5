import TLCCore
import TLCKernels
import TLCModel
import TLCSystem

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
    // Rows are shared out where there are many, else panels of columns.
    let byRows = rows >= 6 * context.threadCount
    let parts = Partition(
      count: byRows ? rows : matrix.panelCount, unit: byRows ? 6 : 4, context.threadCount)
    _ = Parallelism(threads: context.threadCount).map(parts.count) { part in
      let range = parts[part]
      let rowRange = byRows ? range : 0..<rows
      matrix.multiply(
        x, bias: biases, into: y, rows: rowRange, panels: byRows ? 0..<matrix.panelCount : range)
      guard let activation else { return }
      if byRows {
        Kernels.apply(
          activation, y, to: y,
          in: rowRange.lowerBound * matrix.columnCount..<rowRange.upperBound * matrix.columnCount)
      } else {
        let width = PackedMatrix.panelWidth
        let columns = range.lowerBound * width..<min(range.upperBound * width, matrix.columnCount)
        for row in rowRange {
          let start = row * matrix.columnCount
          Kernels.apply(
            activation, y, to: y, in: start + columns.lowerBound..<start + columns.upperBound)
        }
      }
    }
  }
}

/// Whole units of work, shared out evenly.
struct Partition: Sendable {
  /// The number of parts, none of them empty.
  let count: Int
  private let total: Int
  private let unit: Int

  /// - Parameters:
  ///   - unit: parts but the last are multiples of it.
  init(count total: Int, unit: Int, _ parts: Int) {
    self.total = total
    self.unit = unit
    count = max(1, min(parts, (total + unit - 1) / unit))
  }

  subscript(part: Int) -> Range<Int> {
    let units = (total + unit - 1) / unit
    func start(_ part: Int) -> Int { min(total, units * part / count * unit) }
    return start(part)..<start(part + 1)
  }
}
