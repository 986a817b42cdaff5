import TLCCore
import TLCKernels
import TLCModel

/// `MatMul` with a fixed right factor, `Add` of a vector, and a function: the bits of the three.
struct Linear: Operator {
  static let name = "Linear"
  static let domain = "tlc"
  static let inputCounts = 1...1

  let matrix: LinearFactor
  let bias: TensorView?
  let activation: Kernels.Function?

  init(_ matrix: LinearFactor, bias: TensorView?, activation: Kernels.Function?) {
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

  func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let out = outputs[0], out.shape.count > 0 else { return 0 }
    let rows = out.shape.count / matrix.columnCount
    guard RowBlocks(rows, threadCount: threadCount) != nil else {
      return scratchByteCount(rowCount: rows)
    }
    return threadCount * scratchByteCount(rowCount: RowBlocks.rowCount)
  }

  /// The bytes that ``multiply(_:from:rowCount:into:at:_:)`` needs, a multiple of a cache line.
  func scratchByteCount(rowCount: Int) -> Int {
    guard case .bytes = matrix else { return 0 }
    return CacheLines.byteCount(QuantizedRows.byteCount(rowCount: rowCount, depth: matrix.depth))
  }

  /// Computes rows on this thread.
  ///
  /// - Parameters:
  ///   - x: rows, one after the other from element `start` on.
  ///   - y: where the results go, from element `place` on.
  ///   - scratch: ``scratchByteCount(rowCount:)`` bytes; with fewer, it allocates.
  func multiply(
    _ x: Elements<Float>, from start: Int, rowCount: Int, into y: Elements<Float>, at place: Int,
    _ scratch: TensorView?
  ) {
    let rows = 0..<rowCount
    let panels = 0..<matrix.panelCount
    let bias = bias?.elements(of: Float.self)
    switch matrix {
    case .floats(_, let sparse?) where rowCount >= LinearFactor.sparse.rowCount:
      sparse.multiply(
        x, from: start, bias: bias, into: y, at: place, rows: rows,
        columns: 0..<matrix.columnCount)
    case .floats(let matrix, _):
      matrix.multiply(x, from: start, bias: bias, into: y, at: place, rows: rows, panels: panels)
    case .codes(let matrix):
      matrix.multiply(x, from: start, bias: bias, into: y, at: place, rows: rows, panels: panels)
    case .bytes(let matrix):
      let bytes = QuantizedRows(rowCount: rowCount, depth: matrix.depth, in: scratch)
      bytes.quantize(x, from: start, rows: rows)
      matrix.multiply(bytes, bias: bias, into: y, at: place, rows: rows, panels: panels)
    }
    guard let activation else { return }
    Kernels.apply(activation, y, to: y, in: place..<place + rowCount * matrix.columnCount)
  }

  func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let left = inputs[0], let out = outputs[0], out.shape.count > 0 else { return }
    let rows = out.shape.count / matrix.columnCount
    let (x, y) = (left.elements(of: Float.self), out.elements(of: Float.self))
    if let blocks = RowBlocks(rows, threadCount: context.team.threadCount) {
      let byteCount = scratchByteCount(rowCount: RowBlocks.rowCount)
      return blocks.forEach(context.team) { block, thread in
        multiply(
          x, from: block.lowerBound * matrix.depth, rowCount: block.count, into: y,
          at: block.lowerBound * matrix.columnCount,
          context.scratch?.part(at: thread * byteCount, byteCount))
      }
    }
    let biases = bias?.elements(of: Float.self)
    switch matrix {
    case .floats(let matrix, let sparse):
      let least = LinearFactor.sparse.rowCount
      if let sparse, rows >= least {
        return context.team.share(rows, unit: least) { part in
          sparse.multiply(x, bias: biases, into: y, rows: part, columns: 0..<matrix.columnCount)
          activate(y, rows: part, columns: 0..<matrix.columnCount)
        }
      }
      share(rows, y, context.team) { rows, panels in
        matrix.multiply(x, bias: biases, into: y, rows: rows, panels: panels)
      }
    case .codes(let matrix):
      share(rows, y, context.team) { rows, panels in
        matrix.multiply(x, bias: biases, into: y, rows: rows, panels: panels)
      }
    case .bytes(let matrix):
      let bytes = QuantizedRows(rowCount: rows, depth: matrix.depth, in: context.scratch)
      context.team.share(rows) { bytes.quantize(x, rows: $0) }
      share(rows, y, context.team) { rows, panels in
        matrix.multiply(bytes, bias: biases, into: y, rows: rows, panels: panels)
      }
    }
  }

  /// Calls `multiply` with parts of the product, and applies the function to them: panels of columns
  /// are shared out, or rows where that is fairer.
  private func share(
    _ rows: Int, _ y: Elements<Float>, _ team: Team,
    _ multiply: @Sendable (_ rows: Range<Int>, _ panels: Range<Int>) -> Void
  ) {
    if team.divides(rows, unit: 6, betterThan: matrix.panelCount, unit: 4) {
      team.share(rows, unit: 6) { part in
        multiply(part, 0..<matrix.panelCount)
        activate(y, rows: part, columns: 0..<matrix.columnCount)
      }
    } else {
      team.share(matrix.panelCount, unit: 4) { part in
        multiply(0..<rows, part)
        activate(y, rows: 0..<rows, columns: columns(of: part))
      }
    }
  }

  private func columns(of panels: Range<Int>) -> Range<Int> {
    let width = PackedMatrix.panelWidth
    return panels.lowerBound * width..<min(panels.upperBound * width, matrix.columnCount)
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
