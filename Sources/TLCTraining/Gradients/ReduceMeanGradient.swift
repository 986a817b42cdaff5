internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of a mean: each element gets the same share.
public struct ReduceMeanGradient: Gradient {
  public static let operation = "ReduceMean"
  private let keepsAxes: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    keepsAxes = try attributes.flag("keepdims", default: true)
  }

  public var reads: GradientReads { GradientReads(inputs: [1]) }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    let shape = target.view.shape
    let named = step.inputs.count > 1 ? step.inputs[1]?.places : nil
    let axes = Set((named ?? Array(0..<shape.rank)).map { $0 < 0 ? $0 + shape.rank : $0 })
    let kept = shape.dimensions.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
    guard let reduced = Shape(kept) else { return }
    let strides = Broadcasting.strides(of: reduced, in: shape)
    let share = Float(max(1, reduced.count)) / Float(max(1, shape.count))
    let (out, dy, adding) = (target.floats, step.outputGradient.floats, target.isAdding)
    let length = shape.dimensions.last ?? 1
    let last = strides.last ?? 0
    Broadcasting.forEachLine(of: shape, sources: [strides]) { start, places in
      for i in 0..<length {
        let old = adding ? out[start + i] : 0
        out[start + i] = old + share * dy[places[0] + i * last]
      }
    }
  }
}
