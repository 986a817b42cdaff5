internal import TLCBLAS
internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of products of matrices: dy · bᵀ and aᵀ · dy, summed where a factor repeats.
public struct MatMulGradient: Gradient {
  public static let operation = "MatMul"
  public init(_ attributes: inout Attributes) {}
  public var reads: GradientReads { GradientReads(inputs: [0, 1]) }

  public func require(_ inputs: [TensorType?]) throws(OperatorError) {
    guard let a = inputs[0]?.shape, let b = inputs[1]?.shape else { return }
    guard a.rank >= 2, b.rank >= 2 else {
      throw OperatorError("the gradient is that of matrices, and its inputs are \(a) and \(b)")
    }
  }

  public func propagate(_ step: GradientStep) {
    let (a, b, dy) = (step.input(0), step.input(1), step.outputGradient)
    step.target(0)?.clear()
    step.target(1)?.clear()
    let (left, right) = (a.shape.dimensions, b.shape.dimensions)
    let (rows, depth, columns) = (
      left[left.count - 2], left[left.count - 1], right[right.count - 1]
    )
    guard dy.shape.count > 0, depth > 0,
      let batches = Shape(Array(dy.shape.dimensions.dropLast(2))),
      let leftBatches = Shape(left.dropLast(2)), let rightBatches = Shape(right.dropLast(2))
    else { return }
    let strides = [leftBatches, rightBatches].map { Broadcasting.strides(of: $0, in: batches) }
    let steps = strides.map { $0.last ?? 0 }
    let length = batches.dimensions.last ?? 1
    Broadcasting.forEachLine(of: batches, sources: strides) { start, places in
      for i in 0..<length {
        let first = (places[0] + i * steps[0]) * rows * depth
        let second = (places[1] + i * steps[1]) * depth * columns
        let gradient = BLAS.Matrix(
          dy.floats, from: (start + i) * rows * columns, stride: columns)
        if let target = step.target(0) {
          BLAS.multiply(
            .init(rows: rows, columns: depth, depth: columns), gradient,
            .init(b.floats, from: second, stride: columns, transposed: true), beta: 1,
            into: .init(target.floats, from: first, stride: depth), team: step.context.team)
        }
        if let target = step.target(1) {
          BLAS.multiply(
            .init(rows: depth, columns: columns, depth: rows),
            .init(a.floats, from: first, stride: depth, transposed: true), gradient, beta: 1,
            into: .init(target.floats, from: second, stride: columns), team: step.context.team)
        }
      }
    }
  }
}
