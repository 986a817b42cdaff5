internal import TLCBLAS
internal import TLCKernels
public import TLCModel

/// Of rows times a matrix: dy · Wᵀ, xᵀ · dy, and the sum of the rows of dy.
public struct LinearGradient: Gradient {
  public static let operation = Linear.name
  public static let domain = TrainingOperators.domain
  private let isTransposed: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    isTransposed = try attributes.flag("transB", default: false)
  }

  public var reads: GradientReads { GradientReads(inputs: [0, 1]) }

  public func propagate(_ step: GradientStep) {
    let (x, matrix, dy) = (step.input(0), step.input(1), step.outputGradient)
    let sizes = LinearSizes(x.shape, matrix.shape, isTransposed: isTransposed)
    let team = step.context.team
    guard sizes.rows > 0 else {
      for target in step.inputGradients { target?.clear() }
      return
    }
    let rows = BLAS.Matrix(x.floats, stride: sizes.inner)
    let gradient = BLAS.Matrix(dy.floats, stride: sizes.outer)
    if let target = step.target(0) {
      BLAS.multiply(
        .init(rows: sizes.rows, columns: sizes.inner, depth: sizes.outer), gradient,
        sizes.matrix(matrix.floats, transposed: true), beta: target.isAdding ? 1 : 0,
        into: .init(target.floats, stride: sizes.inner), team: team)
    }
    if let target = step.target(1) {
      let beta: Float = target.isAdding ? 1 : 0
      if isTransposed {
        var left = gradient
        left.isTransposed = true
        BLAS.multiply(
          .init(rows: sizes.outer, columns: sizes.inner, depth: sizes.rows), left, rows,
          beta: beta, into: .init(target.floats, stride: sizes.inner), team: team)
      } else {
        var left = rows
        left.isTransposed = true
        BLAS.multiply(
          .init(rows: sizes.inner, columns: sizes.outer, depth: sizes.rows), left, gradient,
          beta: beta, into: .init(target.floats, stride: sizes.outer), team: team)
      }
    }
    if let target = step.target(2) {
      target.clear()
      team.share(sizes.outer, unit: 16) { columns in
        TrainingKernels.addColumns(
          of: dy.floats, rows: sizes.rows, stride: sizes.outer, columns: columns,
          to: target.floats)
      }
    }
  }
}
