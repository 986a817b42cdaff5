public import TLCModel

/// Of a product, element by element: what flows to a factor is what flows to the result, times the
/// other.
public struct MulGradient: Gradient {
  public static let operation = "Mul"
  public init(_ attributes: inout Attributes) {}
  public var reads: GradientReads { GradientReads(inputs: [0, 1]) }

  public func propagate(_ step: GradientStep) {
    for place in 0..<2 {
      guard let target = step.target(place) else { continue }
      BroadcastGradient.send(
        step.outputGradient, times: step.input(1 - place), to: target, step.context.team)
    }
  }
}
