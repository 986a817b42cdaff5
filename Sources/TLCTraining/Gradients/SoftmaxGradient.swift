internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of softmax along the last axis: y · (dy − Σ y · dy).
public struct SoftmaxGradient: Gradient {
  public static let operation = "Softmax"
  private let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? -1
  }

  public var reads: GradientReads { GradientReads(outputs: [0]) }

  public func require(_ inputs: [TensorType?]) throws(OperatorError) {
    let rank = inputs[0]?.shape.rank ?? 0
    guard axis == -1 || axis == rank - 1 else {
      throw OperatorError("its axis is \(axis), and the gradient is that of the last one")
    }
  }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    let y = step.output(0)
    guard let length = y.shape.dimensions.last, length > 0 else { return }
    let dy = step.outputGradient.floats
    step.context.team.share(y.shape.count / length) { rows in
      TrainingKernels.softmaxGradient(
        y.floats, dy, into: target.floats, length: length, rows: rows, adding: target.isAdding)
    }
  }
}
