public import TLCModel

/// Of a sum: what flows to the result flows to both.
public struct AddGradient: Gradient {
  public static let operation = "Add"
  public init(_ attributes: inout Attributes) {}
  public var reads: GradientReads { GradientReads() }

  public func propagate(_ step: GradientStep) {
    for place in 0..<2 {
      guard let target = step.target(place) else { continue }
      BroadcastGradient.send(step.outputGradient, to: target, step.context.team)
    }
  }
}
