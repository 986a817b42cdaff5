import TLCCore
import TLCKernels
import TLCModel

/// `MatMul` or `Gemm` whose right factor is a matrix of codes, in another way to compute:
/// `formats/graph.md` §Ways to compute.
struct QuantizedProduct: Operator {
  static let name = "QuantizedProduct"
  static let domain = "tlc"
  static let inputCounts = 2...3

  /// The operator whose product it is.
  let original: any Operator
  let matrix: LinearFactor

  /// - Precondition: `original` is a `MatMul`, or a `Gemm` that neither scales nor transposes the
  ///   left factor.
  init(_ original: any Operator, with matrix: LinearFactor) {
    self.original = original
    self.matrix = matrix
  }

  init(_ attributes: inout Attributes) throws(OperatorError) {
    throw OperatorError("it is made of MatMul and Gemm alone")
  }

  func infer(_ inputs: OperatorInputs, outputCount: Int) throws(OperatorError) -> [ValueType] {
    try original.infer(inputs, outputCount: outputCount)
  }

  private var linear: Linear { Linear(matrix, bias: nil, activation: nil) }

  func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    linear.scratchByteCount(inputs, outputs, threadCount: threadCount)
  }

  func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try linear.evaluate([inputs[0]], into: outputs, context)
    guard inputs.count > 2, let summand = inputs[2], let out = outputs[0] else { return }
    // Of a matrix, a row, a column or one number, each is repeated along the axes that it has not.
    let columns = summand.shape.dimensions.last ?? 1
    let isOneRow = summand.shape.count == columns
    let (y, c) = (out.elements(of: Float.self), summand.elements(of: Float.self))
    for row in 0..<out.shape.count / matrix.columnCount {
      let start = row * matrix.columnCount
      Kernels.combine(
        .add, matrix.columnCount, y, from: start, step: 1, c, from: isOneRow ? 0 : row * columns,
        step: columns == 1 ? 0 : 1, into: y, at: start)
    }
  }
}
