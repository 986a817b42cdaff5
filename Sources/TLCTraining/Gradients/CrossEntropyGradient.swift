internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of the cross entropy of rows of scores: softmax − target.
public struct CrossEntropyGradient: Gradient {
  public static let operation = CrossEntropy.name
  public static let domain = TrainingOperators.domain
  private let loss: CrossEntropy

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    loss = try CrossEntropy(&attributes)
  }

  public var reads: GradientReads { GradientReads(inputs: [0, 1], outputs: [1]) }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    let (scores, labels) = (step.input(0), step.input(1))
    guard let length = scores.shape.dimensions.last, length > 0 else { return }
    let rows = TrainingKernels.LabelledRows(
      scores: scores.floats, labels: labels.elements(of: Int64.self), ignored: loss.ignored,
      smoothing: loss.smoothing, logs: step.output(1).floats, length: length)
    let factor = step.outputGradient.floats[0]
    step.context.team.share(labels.shape.count) { range in
      TrainingKernels.crossEntropyGradient(
        rows, factor: factor, into: target.floats, adding: target.isAdding, rows: range)
    }
  }
}
