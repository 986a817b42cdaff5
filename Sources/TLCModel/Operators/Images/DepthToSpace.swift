internal import TLCCore
public import TLCKernels

/// Moves channels into blocks of an image.
public struct DepthToSpace: Operator {
  public static let name = "DepthToSpace"
  public static let inputCounts = 1...1
  private let blockSize: Int
  private let mode: Mode

  /// Whether a channel's number counts its place in a block first, or its channel.
  private enum Mode: String, CaseIterable {
    case depthFirst = "DCR"
    case columnFirst = "CRD"
  }

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    blockSize = try Blocks.size(&attributes)
    mode = try attributes.choice("mode", default: .depthFirst)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    let size = Dimension(blockSize)
    guard input.rank == 4, let square = size.times(size),
      let channels = input.dimensions[1].divided(by: square),
      let height = input.dimensions[2].times(size), let width = input.dimensions[3].times(size)
    else {
      throw OperatorError(
        "its input is \(input), not images of channels for blocks of \(blockSize)")
    }
    return [ValueType(input.dtype, [input.dimensions[0], channels, height, width])]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    let (source, target) = (input.shape.dimensions, out.shape.dimensions)
    let (plane, row) = (source[2] * source[3], source[3])
    let channel =
      mode == .depthFirst
      ? (image: plane, vertical: blockSize * target[1] * plane, horizontal: target[1] * plane)
      : (
        image: blockSize * blockSize * plane, vertical: blockSize * plane, horizontal: plane
      )
    try Blocks.gather(
      input, [target[0], target[1], source[2], blockSize, source[3], blockSize],
      strides: [
        source[1] * plane, channel.image, row, channel.vertical, 1, channel.horizontal,
      ], into: out, context)
  }
}

/// Moves blocks of an image into channels.
public struct SpaceToDepth: Operator {
  public static let name = "SpaceToDepth"
  public static let inputCounts = 1...1
  private let blockSize: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    blockSize = try Blocks.size(&attributes)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    let size = Dimension(blockSize)
    guard input.rank == 4, let square = size.times(size),
      let channels = input.dimensions[1].times(square),
      let height = input.dimensions[2].divided(by: size),
      let width = input.dimensions[3].divided(by: size)
    else {
      throw OperatorError("its input is \(input), not images of blocks of \(blockSize)")
    }
    return [ValueType(input.dtype, [input.dimensions[0], channels, height, width])]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    let (source, target) = (input.shape.dimensions, out.shape.dimensions)
    let (plane, row) = (source[2] * source[3], source[3])
    try Blocks.gather(
      input, [target[0], blockSize, blockSize, source[1], target[2], target[3]],
      strides: [source[1] * plane, row, 1, plane, blockSize * row, blockSize], into: out, context)
  }
}

/// Blocks of an image.
private enum Blocks {
  static func size(_ attributes: inout Attributes) throws(OperatorError) -> Int {
    guard let size = try attributes.int("blocksize"), (1...1 << 15).contains(size) else {
      throw OperatorError("attribute \"blocksize\" is not 1 to \(1 << 15)")
    }
    return size
  }

  /// Sets `out`, seen with six axes, to elements of `input`.
  static func gather(
    _ input: TensorView, _ lengths: [Int], strides: [Int], into out: TensorView,
    _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let shape = Shape(lengths), shape.count == out.shape.count else {
      throw OperatorError("blocks are \(lengths), and the output is \(out.shape)")
    }
    Movement.gather(input, strides: strides, into: out.reshaped(shape), context)
  }
}
