public import TLCKernels
internal import TLCModel

/// The gradient of a function, element by element.
public protocol FunctionGradient: Gradient {
  /// Which function.
  var function: TrainingKernels.Function { get }
  /// Whether it reads what the function was given, not its value.
  var readsInput: Bool { get }
}

extension FunctionGradient {
  public var reads: GradientReads {
    readsInput ? GradientReads(inputs: [0]) : GradientReads(outputs: [0])
  }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    let read = readsInput ? step.input(0).floats : step.output(0).floats
    let dy = step.outputGradient.floats
    step.context.team.share(dy.count, unit: 1024) { range in
      TrainingKernels.gradient(
        of: function, read, dy, into: target.floats, adding: target.isAdding, in: range)
    }
  }
}
