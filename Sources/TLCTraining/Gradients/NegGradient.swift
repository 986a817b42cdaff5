public import TLCModel

/// Of a number with the other sign.
public struct NegGradient: Gradient {
  public static let operation = "Neg"
  public init(_ attributes: inout Attributes) {}
  public var reads: GradientReads { GradientReads() }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    BroadcastGradient.send(step.outputGradient, sign: -1, to: target, step.context.team)
  }
}
