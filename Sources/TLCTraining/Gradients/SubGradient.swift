public import TLCModel

/// Of a difference.
public struct SubGradient: Gradient {
  public static let operation = "Sub"
  public init(_ attributes: inout Attributes) {}
  public var reads: GradientReads { GradientReads() }

  public func propagate(_ step: GradientStep) {
    for (place, sign) in [Float(1), -1].enumerated() {
      guard let target = step.target(place) else { continue }
      BroadcastGradient.send(step.outputGradient, sign: sign, to: target, step.context.team)
    }
  }
}
