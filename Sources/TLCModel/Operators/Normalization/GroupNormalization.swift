internal import TLCCore
public import TLCKernels

/// Normalizes each group of neighbouring channels of each sample, as `LayerNormalization` does a
/// row, with a scale and a bias a channel.
public struct GroupNormalization: Operator {
  public static let name = "GroupNormalization"
  public static let inputCounts = 3...3
  private let groupCount: Int
  private let epsilon: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    guard let groupCount = try attributes.int("num_groups"), groupCount > 0 else {
      throw OperatorError("attribute \"num_groups\" is not a number above 0")
    }
    self.groupCount = groupCount
    epsilon = try attributes.float("epsilon") ?? 1e-5
    guard try attributes.int("stash_type") ?? 1 == 1 else {
      throw OperatorError("attribute \"stash_type\" is not 1: means are float32")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let type = try ChannelRows.infer(inputs)
    guard let channels = type.dimensions[1].length, channels % groupCount == 0 else {
      throw OperatorError(
        "input 0 is \(type), whose \(type.dimensions[1]) channels do not make \(groupCount) groups")
    }
    return [type]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try ChannelRows.normalize(
      inputs, into: outputs, groupCount: groupCount, epsilon: epsilon, context)
  }
}

/// Normalizes each channel of each sample, as `LayerNormalization` does a row.
public struct InstanceNormalization: Operator {
  public static let name = "InstanceNormalization"
  public static let inputCounts = 3...3
  private let epsilon: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    epsilon = try attributes.float("epsilon") ?? 1e-5
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] { [try ChannelRows.infer(inputs)] }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try ChannelRows.normalize(inputs, into: outputs, groupCount: nil, epsilon: epsilon, context)
  }
}

/// Rows that are groups of channels.
private enum ChannelRows {
  static func infer(_ inputs: OperatorInputs) throws(OperatorError) -> ValueType {
    let input = try inputs[0]
    try input.requireComputedAsFloat()
    guard input.rank >= 2 else { throw OperatorError("input 0 is \(input), without channels") }
    for place in 1..<3 {
      let factor = try inputs[place]
      guard factor.dtype == input.dtype, factor.dimensions == [input.dimensions[1]] else {
        throw OperatorError(
          "input \(place) is \(factor), not \(input.dtype) [\(input.dimensions[1])]")
      }
    }
    return input
  }

  /// - Parameter groupCount: of a sample; as many as channels where it is `nil`.
  static func normalize(
    _ inputs: [TensorView?], into outputs: [TensorView?], groupCount: Int?, epsilon: Float,
    _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let input = inputs[0], let scale = inputs[1], let bias = inputs[2],
        let out = outputs[0], input.shape.count > 0
      else { return }
      let (channels, inner) = (input.shape.dimensions[1], input.shape.stride(of: 1))
      let groups = groupCount ?? channels
      guard let column = Shape([channels, 1]), let whole = Shape([channels, inner]) else { return }
      // A sample of factors, so that each group has a row of them.
      let scales = TensorView(zeros: .f32, whole)
      let biases = TensorView(zeros: .f32, whole)
      for (factor, row) in [(scale, scales), (bias, biases)] {
        Movement.gather(
          factor, strides: Broadcasting.strides(of: column, in: whole), into: row, context)
      }
      let length = channels / groups * inner
      let (x, y) = (input.elements(of: Float.self), out.elements(of: Float.self))
      context.team.share(x.count / length, unit: max(1, Walk.unit / length)) { rows in
        for row in rows {
          let group = row % groups
          Kernels.layerNormalization(
            x, scale: scales.row(group, length: length), bias: biases.row(group, length: length),
            epsilon: epsilon, to: y, means: nil, inverses: nil, length: length,
            rows: row..<row + 1)
        }
      }
    }
  }
}

extension TensorView {
  /// The elements of a row of `f32`.
  fileprivate func row(_ row: Int, length: Int) -> Elements<Float> {
    guard let shape = Shape([length]) else { preconditionFailure("a row of \(length)") }
    let start = byteOffset + row * length * dtype.byteCount
    return TensorView(dtype: dtype, shape: shape, storage: storage, byteOffset: start)
      .elements(of: Float.self)
  }
}
