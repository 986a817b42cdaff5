internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of a distillation: what the operator kept of each score, times the gradient of the sum.
public struct DistillationGradient: Gradient {
  public static let operation = Distillation.name
  public static let domain = TrainingOperators.domain

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    _ = try Distillation(&attributes)
  }

  public var reads: GradientReads { GradientReads(outputs: [1]) }

  /// The scores of the teacher.
  public var constants: Set<Int> { [1] }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    let slopes = step.output(1).floats
    let factor = step.outputGradient.floats[0]
    target.clear()
    step.context.team.share(slopes.count) { range in
      for place in range { target.floats[place] += factor * slopes[place] }
    }
  }
}
