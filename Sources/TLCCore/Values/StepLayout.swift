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

  /// A run of neighbouring elements whose steps are known at once.
  public struct Run: Equatable, Sendable {
    /// The elements, in row-major order.
    public var elements: Range<Int>
    /// The index of the first one's step.
    public var step: Int
    /// The distance between the steps of neighbours in the run: 0 where they share one, else 1.
    public var stride: Int
  }

  /// The longest run that holds an element.
  ///
  /// - Precondition: `index` is that of an element.
  public func run(containing index: Int, in shape: Shape) -> Run {
    switch self {
    case .tensor: return Run(elements: 0..<shape.count, step: 0, stride: 0)
    case .axis(let axis):
      let length = shape.dimensions[axis]
      let inner = shape.stride(of: axis)
      if inner == 1 {
        let start = index - index % length
        return Run(elements: start..<start + length, step: 0, stride: 1)
      }
      let line = index / inner
      return Run(elements: line * inner..<(line + 1) * inner, step: line % length, stride: 0)
    case .group(let axis, let size):
      let length = shape.dimensions[axis]
      let inner = shape.stride(of: axis)
      let groups = (length + size - 1) / size
      let (outer, position) = (index / inner).quotientAndRemainder(dividingBy: length)
      let group = position / size
      if inner == 1 {
        let start = outer * length
        return Run(
          elements: start + group * size..<start + min((group + 1) * size, length),
          step: outer * groups + group, stride: 0)
      }
      let start = (outer * length + position) * inner
      return Run(
        elements: start..<start + inner, step: (outer * groups + group) * inner, stride: 1)
    }
  }

  /// Calls `body` for each run in row-major order, cut to the elements in `range`.
  ///
  /// - Precondition: `range` is within the shape's elements.
  @inlinable public func forEachRun<Failure: Error>(
    in shape: Shape, within range: Range<Int>, _ body: (Run) throws(Failure) -> Void
  ) throws(Failure) {
    var index = range.lowerBound
    while index < range.upperBound {
      var run = run(containing: index, in: shape)
      run.step += (index - run.elements.lowerBound) * run.stride
      run.elements = index..<min(run.elements.upperBound, range.upperBound)
      try body(run)
      index = run.elements.upperBound
    }
  }
}
