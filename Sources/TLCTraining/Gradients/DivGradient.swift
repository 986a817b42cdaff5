import TLCCore
import TLCKernels
public import TLCModel

/// Of a quotient: dy / b, and −dy · a / b².
public struct DivGradient: Gradient {
  public static let operation = "Div"
  public init(_ attributes: inout Attributes) {}
  public var reads: GradientReads { GradientReads(inputs: [0, 1]) }

  public func propagate(_ step: GradientStep) {
    let dy = step.outputGradient
    let (a, b) = (step.input(0), step.input(1))
    for target in [step.target(0), step.target(1)] { target?.clear() }
    let shape = dy.shape
    let strides = [a.shape, b.shape].map { Broadcasting.strides(of: $0, in: shape) }
    let steps = strides.map { $0.last ?? 0 }
    let length = shape.dimensions.last ?? 1
    let (gradient, dividends, divisors) = (dy.floats, a.floats, b.floats)
    let (left, right) = (step.target(0)?.floats, step.target(1)?.floats)
    Broadcasting.forEachLine(of: shape, sources: strides) { start, places in
      for i in 0..<length {
        let (x, y) = (places[0] + i * steps[0], places[1] + i * steps[1])
        let share = gradient[start + i] / divisors[y]
        if let left { left[x] += share }
        if let right { right[y] -= share * dividends[x] / divisors[y] }
      }
    }
  }
}
