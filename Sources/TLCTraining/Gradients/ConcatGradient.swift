internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of tensors put behind each other: each gets its part.
public struct ConcatGradient: Gradient {
  public static let operation = "Concat"
  private let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? 0
  }

  public var reads: GradientReads { GradientReads() }

  public func propagate(_ step: GradientStep) {
    let dy = step.outputGradient
    let axis = axis < 0 ? axis + dy.shape.rank : axis
    let inner = dy.shape.dimensions[(axis + 1)...].reduce(1, *)
    let outer = dy.shape.dimensions[..<axis].reduce(1, *)
    let line = dy.shape.dimensions[axis] * inner
    var start = 0
    for (place, input) in step.inputs.enumerated() {
      guard let input else { continue }
      let own = input.shape.dimensions[axis] * inner
      if let target = step.target(place), own > 0 {
        for block in 0..<outer {
          TrainingKernels.scale(
            dy.floats[block * line + start..<block * line + start + own], by: 1,
            into: target.floats[block * own..<(block + 1) * own], adding: target.isAdding,
            in: 0..<own)
        }
      }
      start += own
    }
  }
}
