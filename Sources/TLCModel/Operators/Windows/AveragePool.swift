internal import TLCCore
public import TLCKernels

/// The mean of each window: `formats/graph.md` §Numbers.
public struct AveragePool: Operator {
  public static let name = "AveragePool"
  public static let inputCounts = 1...1
  private let attributes: WindowAttributes
  private let countsPadding: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    self.attributes = try WindowAttributes(&attributes, hasCeilMode: true)
    countsPadding = try attributes.flag("count_include_pad", default: false)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    try input.requireComputedAsFloat()
    return [try Pooling.outputType(input, attributes, inputs)]
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    let copies = FloatTensor.copiedCount([inputs[0], outputs[0]])
    return Scratch.byteCount(floats: copies[0], copies[1])
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] else { return }
    let pooling = try Pooling(input.shape, attributes)
    var scratch = Scratch(context)
    let x = FloatTensor(reading: input, &scratch).elements
    let result = FloatTensor(writing: out, &scratch)
    let y = result.elements
    let counts = countsPadding ? Self.paddedCounts(pooling.axes) : nil
    let (inputCount, outputCount) = (pooling.window.inputCount, pooling.window.outputCount)
    pooling.forEachWindow(context.team) { plane, number, z, row, column in
      var (sum, count) = (Float(0), 0)
      pooling.forEachPlace(z, row, column) { place in
        sum += x[plane * inputCount + place]
        count += 1
      }
      if let counts { count = counts[0][z] * counts[1][row] * counts[2][column] }
      y[plane * outputCount + number] = FloatFunctions.canonical(sum / Float(count))
    }
    result.finish()
  }

  /// The elements of windows along each of three axes, those in the padding counted.
  private static func paddedCounts(_ axes: [WindowAttributes.PaddedAxis]) -> [[Int]] {
    [[Int]](repeating: [1], count: 3 - axes.count)
      + axes.map { axis in (0..<axis.windows.output).map { axis.paddedCount(of: $0) } }
  }
}

/// The mean of each channel, summed as a row: `formats/graph.md` §Numbers.
public struct GlobalAveragePool: Operator {
  public static let name = "GlobalAveragePool"
  public static let inputCounts = 1...1

  public init(_ attributes: inout Attributes) throws(OperatorError) {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    try input.requireComputedAsFloat()
    return [try input.pooledGlobally()]
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    let copies = FloatTensor.copiedCount([inputs[0], outputs[0]])
    return Scratch.byteCount(floats: copies[0], copies[1])
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0], out.shape.count > 0 else { return }
    var scratch = Scratch(context)
    let x = FloatTensor(reading: input, &scratch).elements
    let result = FloatTensor(writing: out, &scratch)
    let y = result.elements
    let length = x.count / y.count
    context.team.share(y.count) { planes in
      for plane in planes {
        var sum = RowReduction()
        for i in 0..<length { sum.add(x[plane * length + i]) }
        y[plane] = FloatFunctions.canonical(sum.sum / Float(length))
      }
    }
    result.finish()
  }
}
