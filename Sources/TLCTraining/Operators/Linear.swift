internal import TLCBLAS
internal import TLCCore
public import TLCKernels
public import TLCModel

/// Rows times a matrix, plus a bias: what `MatMul` and the `Add` behind it are in training.
///
/// Inputs are rows [..., inner], a matrix [inner, outer], or [outer, inner] where `transB` is 1, and
/// perhaps a bias [outer].
public struct Linear: Operator {
  public static let name = "Linear"
  public static let domain = TrainingOperators.domain
  public static let inputCounts = 2...3
  let isTransposed: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    isTransposed = try attributes.flag("transB", default: false)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (x, matrix) = (try inputs[0], try inputs[1])
    guard x.dtype == .f32, matrix.dtype == .f32, matrix.rank == 2, x.rank >= 1 else {
      throw OperatorError("its factors are \(x) and \(matrix), not f32 rows and an f32 matrix")
    }
    let inner = matrix.dimensions[isTransposed ? 1 : 0]
    let outer = matrix.dimensions[isTransposed ? 0 : 1]
    guard x.dimensions.last == inner else {
      throw OperatorError("rows are \(x), and the matrix \(matrix)")
    }
    if inputs.count > 2 {
      let bias = try inputs[2]
      guard bias == ValueType(.f32, [outer]) else {
        throw OperatorError("the bias is \(bias), not f32 [\(outer)]")
      }
    }
    return [ValueType(.f32, x.dimensions.dropLast() + [outer])]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let x = inputs[0], let matrix = inputs[1], let out = outputs[0] else { return }
    let sizes = LinearSizes(x.shape, matrix.shape, isTransposed: isTransposed)
    let bias = inputs.count > 2 ? inputs[2] : nil
    if let bias {
      let (result, terms) = (out.floats, bias.floats)
      context.team.share(sizes.rows) { rows in
        for row in rows { result.copy(sizes.outer, from: terms, at: 0, to: row * sizes.outer) }
      }
    }
    BLAS.multiply(
      .init(rows: sizes.rows, columns: sizes.outer, depth: sizes.inner),
      .init(x.floats, stride: sizes.inner), sizes.matrix(matrix.floats),
      beta: bias == nil ? 0 : 1, into: .init(out.floats, stride: sizes.outer), team: context.team)
  }
}

/// The sizes of rows times a matrix.
struct LinearSizes {
  let rows: Int
  let inner: Int
  let outer: Int
  let isTransposed: Bool

  init(_ x: Shape, _ matrix: Shape, isTransposed: Bool) {
    inner = matrix.dimensions[isTransposed ? 1 : 0]
    outer = matrix.dimensions[isTransposed ? 0 : 1]
    rows = inner == 0 ? 0 : x.count / inner
    self.isTransposed = isTransposed
  }

  /// The matrix as [inner, outer], or as its transpose.
  func matrix(_ elements: Elements<Float>, transposed: Bool = false) -> BLAS.Matrix {
    BLAS.Matrix(
      elements, stride: isTransposed ? inner : outer, transposed: isTransposed != transposed)
  }
}
