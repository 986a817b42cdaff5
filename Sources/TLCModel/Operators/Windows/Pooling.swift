internal import TLCCore
internal import TLCKernels

/// What poolings share: windows on each channel of each input by itself.
struct Pooling {
  let window: Window
  /// The windows along each axis, with what is padded.
  let axes: [WindowAttributes.PaddedAxis]
  /// The channels of all inputs.
  let planeCount: Int

  /// - Precondition: the input has at least two axes.
  init(_ input: Shape, _ axes: [WindowAttributes.PaddedAxis]) {
    self.axes = axes
    window = Window(axes.map { $0.windows })
    planeCount = input.dimensions[0] * input.dimensions[1]
  }

  /// - Precondition: the input has at least three axes, as ``outputType(_:_:_:)`` requires.
  init(_ input: Shape, _ attributes: WindowAttributes) throws(OperatorError) {
    let lengths = Array(input.dimensions[2...])
    self.init(
      input,
      try attributes.axes(input: lengths, kernel: try attributes.kernel(rank: lengths.count)))
  }

  /// The type of what windows give.
  static func outputType(
    _ input: ValueType, _ attributes: WindowAttributes, _ inputs: OperatorInputs
  ) throws(OperatorError) -> ValueType {
    guard input.rank >= 3 else {
      throw OperatorError("its input is \(input), and has no axes after the first two")
    }
    let outputs = try attributes.outputs(
      input: Array(input.dimensions[2...]), kernel: try attributes.kernel(rank: input.rank - 2)
    ) { inputs.freshName(0, $0) }
    return ValueType(input.dtype, input.dimensions[..<2] + outputs)
  }

  /// Calls `body` with each window's number, on the planes that threads share out.
  @inline(__always)
  func forEachWindow(
    _ team: Team,
    _ body: @Sendable (_ plane: Int, _ number: Int, _ z: Int, _ y: Int, _ x: Int) -> Void
  ) {
    let window = window
    team.share(planeCount) { planes in
      for plane in planes {
        var number = 0
        for z in 0..<window.depth.output {
          for y in 0..<window.height.output {
            for x in 0..<window.width.output {
              body(plane, number, z, y, x)
              number += 1
            }
          }
        }
      }
    }
  }

  /// Calls `body` with the place in its plane of each element of a window that is in the input, in
  /// row-major order.
  @inline(__always)
  func forEachPlace(_ z: Int, _ y: Int, _ x: Int, _ body: (_ place: Int) -> Void) {
    let (depth, height, width) = (window.depth, window.height, window.width)
    let columns = width.elements(of: x)
    for i in depth.elements(of: z) {
      for j in height.elements(of: y) {
        let row = (depth.place(z, i) * height.input + height.place(y, j)) * width.input
        for k in columns { body(row + width.place(x, k)) }
      }
    }
  }
}
