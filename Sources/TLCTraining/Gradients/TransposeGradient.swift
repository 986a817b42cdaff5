internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of exchanged axes: they are exchanged back.
public struct TransposeGradient: Gradient {
  public static let operation = "Transpose"
  private let order: [Int]?

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    order = try attributes.ints("perm")
  }

  public var reads: GradientReads { GradientReads() }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    let dy = step.outputGradient
    let shape = target.view.shape
    let order = order ?? Array((0..<shape.rank).reversed())
    // Strides of the input, in the order of the output's axes.
    let strides = order.map { shape.stride(of: $0) }
    let (out, gradient, adding) = (target.floats, dy.floats, target.isAdding)
    let length = dy.shape.dimensions.last ?? 1
    let last = strides.last ?? 0
    let lines = dy.shape.count / max(1, length)
    step.context.team.share(lines) { range in
      for line in range {
        var (rest, place) = (line, 0)
        for axis in (0..<max(0, dy.shape.rank - 1)).reversed() {
          place += rest % dy.shape.dimensions[axis] * strides[axis]
          rest /= dy.shape.dimensions[axis]
        }
        for i in 0..<length {
          let old = adding ? out[place + i * last] : 0
          out[place + i * last] = old + gradient[line * length + i]
        }
      }
    }
  }
}
