internal import CTLCKernels

/// Where the windows of a convolution or a pooling lie on a block of three axes: fewer axes are
/// three of which the first have one place.
public struct Window: Sendable {
  /// An axis of windows.
  public struct Axis: Hashable, Sendable {
    /// The length of what windows read.
    public var input: Int
    /// How many windows there are.
    public var output: Int
    /// The elements of a window.
    public var kernel: Int
    /// How far apart windows are.
    public var stride: Int
    /// How far apart the elements of a window are.
    public var dilation: Int
    /// How far before the input the first window starts.
    public var before: Int

    /// One window of one element.
    public static let one = Axis(
      input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0)

    /// An axis of these numbers.
    public init(input: Int, output: Int, kernel: Int, stride: Int, dilation: Int, before: Int) {
      self.input = input
      self.output = output
      self.kernel = kernel
      self.stride = stride
      self.dilation = dilation
      self.before = before
    }

    /// The place of an element of a window, which may be beyond the input.
    @inline(__always)
    public func place(_ window: Int, _ element: Int) -> Int {
      window * stride + element * dilation - before
    }

    /// The elements of a window that are in the input.
    public func elements(of window: Int) -> Range<Int> {
      let start = window * stride - before
      let first = start >= 0 ? 0 : (-start + dilation - 1) / dilation
      let end = start >= input ? 0 : (input - start + dilation - 1) / dilation
      return min(first, kernel)..<max(min(first, kernel), min(end, kernel))
    }

    fileprivate var isSound: Bool {
      [input, output, before].allSatisfy { (0..<1 << 53).contains($0) }
        && [kernel, stride, dilation].allSatisfy { (1..<1 << 31).contains($0) }
        && output < (1 << 62) / stride
    }
  }

  /// The outermost axis.
  public let depth: Axis
  /// The axis in the middle.
  public let height: Axis
  /// The innermost axis.
  public let width: Axis

  /// Windows on up to three axes, outermost first.
  ///
  /// - Precondition: there are at most 3 axes; lengths and `before` are from 0 to 2⁵³ − 1, kernels,
  ///   strides and dilations from 1 to 2³¹ − 1.
  public init(_ axes: [Axis]) {
    precondition(axes.count <= 3, "\(axes.count) axes")
    let all = [Axis](repeating: .one, count: 3 - axes.count) + axes
    precondition(all.allSatisfy { $0.isSound }, "\(axes)")
    (depth, height, width) = (all[0], all[1], all[2])
  }

  /// The elements of a block that windows read.
  public var inputCount: Int { depth.input * height.input * width.input }
  /// The number of windows.
  public var outputCount: Int { depth.output * height.output * width.output }
  /// The elements of a window.
  public var kernelCount: Int { depth.kernel * height.kernel * width.kernel }

  /// The place of an element in a block, where it is in it.
  ///
  /// - Parameters:
  ///   - window: the number of a window in row-major order.
  ///   - element: the number of an element of it in row-major order.
  public func place(_ window: Int, _ element: Int) -> Int? {
    let row = window / width.output
    let x = width.place(window % width.output, element % width.kernel)
    let y = height.place(row % height.output, element / width.kernel % height.kernel)
    let z = depth.place(row / height.output, element / width.kernel / height.kernel)
    guard (0..<width.input).contains(x), (0..<height.input).contains(y),
      (0..<depth.input).contains(z)
    else { return nil }
    return (z * height.input + y) * width.input + x
  }

  /// The same for kernels in C.
  var native: tlc_window {
    func axis(_ axis: Axis) -> tlc_window_axis {
      tlc_window_axis(
        input: axis.input, output: axis.output, kernel: axis.kernel, stride: axis.stride,
        dilation: axis.dilation, before: axis.before)
    }
    return tlc_window(axes: (axis(depth), axis(height), axis(width)))
  }
}
