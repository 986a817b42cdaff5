/// How the steps of a uniform quantizer are shared out over a tensor.
///
/// The layouts are ONNX's for `DequantizeLinear`; `formats/values/uniform.md` §Steps. A step belongs
/// to *original* positions, whatever a mask leaves out.
public enum StepLayout: Hashable, Sendable {
  /// The smallest group that a file may have.
  public static let minimumGroupSize = 8

  /// One step for all.
  case tensor
  /// A step for each position along an axis: shape `[dimensions[axis]]`.
  case axis(Int)
  /// A step for each `size` neighbours along an axis, the last group of a line being as short as it
  /// must: the tensor's shape with `⌈dimensions[axis] / size⌉` in place of `dimensions[axis]`.
  case group(axis: Int, size: Int)

  /// The number of steps for a tensor of this shape.
  ///
  /// - Precondition: the axis is one of the shape's.
  public func stepCount(for shape: Shape) -> Int {
    switch self {
    case .tensor: return 1
    case .axis(let axis): return shape.dimensions[axis]
    case .group(let axis, let size):
      guard shape.count > 0 else { return 0 }
      let length = shape.dimensions[axis]
      return shape.count / length * ((length + size - 1) / size)
    }
  }

  /// Calls `body` for each run of neighbouring elements whose steps are known at once, in row-major
  /// order, covering every element.
  ///
  /// - Parameter body: takes the elements' range, the index of the first one's step, and the
  ///   distance between the steps of neighbours in the range: 0 where they share one, else 1.
  public func forEachRun<Failure: Error>(
    in shape: Shape,
    _ body: (_ elements: Range<Int>, _ step: Int, _ stride: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard shape.count > 0 else { return }
    switch self {
    case .tensor: try body(0..<shape.count, 0, 0)
    case .axis(let axis):
      let length = shape.dimensions[axis]
      let inner = shape.stride(of: axis)
      if inner == 1 {
        for start in stride(from: 0, to: shape.count, by: length) {
          try body(start..<(start + length), 0, 1)
        }
      } else {
        for line in 0..<(shape.count / inner) {
          try body(line * inner..<(line + 1) * inner, line % length, 0)
        }
      }
    case .group(let axis, let size):
      let length = shape.dimensions[axis]
      let inner = shape.stride(of: axis)
      let groups = (length + size - 1) / size
      for outer in 0..<(shape.count / (length * inner)) {
        for group in 0..<groups {
          let step = (outer * groups + group) * inner
          let positions = group * size..<min((group + 1) * size, length)
          if inner == 1 {
            let start = outer * length
            try body(start + positions.lowerBound..<start + positions.upperBound, step, 0)
          } else {
            for position in positions {
              let start = (outer * length + position) * inner
              try body(start..<start + inner, step, 1)
            }
          }
        }
      }
    }
  }
}
