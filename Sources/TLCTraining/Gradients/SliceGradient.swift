internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of a part: what is not in it gets nothing.
public struct SliceGradient: Gradient {
  public static let operation = "Slice"
  public init(_ attributes: inout Attributes) {}
  public var reads: GradientReads { GradientReads(inputs: [1, 2, 3, 4]) }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    target.clear()
    let (shape, dy) = (target.view.shape, step.outputGradient)
    func integers(_ place: Int) -> [Int]? {
      step.inputs.indices.contains(place) ? step.inputs[place]?.places : nil
    }
    let starts = integers(1) ?? []
    let axes = integers(3) ?? Array(starts.indices)
    let steps = integers(4) ?? starts.map { _ in 1 }
    var first = 0
    var strides = (0..<shape.rank).map { shape.stride(of: $0) }
    for (index, axis) in axes.enumerated() {
      let axis = axis < 0 ? axis + shape.rank : axis
      let length = shape.dimensions[axis]
      let start = starts[index] < 0 ? starts[index] + length : starts[index]
      let bounds = steps[index] > 0 ? 0...length : 0...max(0, length - 1)
      first += min(max(start, bounds.lowerBound), bounds.upperBound) * strides[axis]
      strides[axis] *= steps[index]
    }
    let (out, gradient) = (target.floats, dy.floats)
    let last = strides.last ?? 0
    let length = dy.shape.dimensions.last ?? 1
    Broadcasting.forEachLine(of: dy.shape, sources: [strides]) { start, places in
      for i in 0..<length { out[first + places[0] + i * last] += gradient[start + i] }
    }
  }
}
