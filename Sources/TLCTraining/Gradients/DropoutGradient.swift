internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of elements that were left out by chance: nothing flows to them.
public struct DropoutGradient: Gradient {
  public static let operation = Dropout.name
  public static let domain = TrainingOperators.domain
  private let dropout: Dropout

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    dropout = try Dropout(&attributes)
  }

  public var reads: GradientReads { GradientReads(inputs: [1]) }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    let dy = step.outputGradient
    let mask = TrainingKernels.Dropout(
      ratio: dropout.ratio, step.input(1), stream: dropout.stream)
    step.context.team.share(dy.shape.count, unit: 1024) { range in
      TrainingKernels.drop(
        mask, dy.floats, from: range.lowerBound, into: target.floats, at: range.lowerBound,
        count: range.count, first: range.lowerBound, adding: target.isAdding)
    }
  }
}
