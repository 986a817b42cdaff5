public import TLCCore
public import TLCKernels

/// A convolution over 1 to 3 axes, in groups of channels: `formats/graph.md` §Numbers.
public struct Conv: Operator {
  public static let name = "Conv"
  public static let inputCounts = 2...3
  private let attributes: WindowAttributes
  /// The groups of channels.
  public let groupCount: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    self.attributes = try WindowAttributes(&attributes, hasCeilMode: false)
    groupCount = try attributes.int("group", in: 1...Int(Int32.max), default: 1)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (input, weights) = (try inputs[0], try inputs[1])
    try input.requireComputedAsFloat()
    guard weights.dtype == input.dtype else {
      throw OperatorError("its input is \(input.dtype), and its weights are \(weights.dtype)")
    }
    guard input.rank >= 3, weights.rank == input.rank else {
      throw OperatorError("its input is \(input), and its weights are \(weights)")
    }
    guard let shape = weights.shape else {
      throw OperatorError("its weights are \(weights), and all their lengths must be known")
    }
    let lengths = shape.dimensions
    let (channels, overflow) = lengths[1].multipliedReportingOverflow(by: groupCount)
    guard !overflow, input.dimensions[1] == Dimension(channels) else {
      throw OperatorError(
        "its input has \(input.dimensions[1]) channels, and \(groupCount) groups of \(lengths[1])")
    }
    guard lengths[0].isMultiple(of: groupCount) else {
      throw OperatorError("it has \(lengths[0]) filters, no multiple of \(groupCount) groups")
    }
    if let bias = inputs.optional(2)?.type {
      guard bias == ValueType(input.dtype, [Dimension(lengths[0])]) else {
        throw OperatorError("its bias is \(bias), not \(input.dtype) [\(lengths[0])]")
      }
    }
    let kernel = try kernel(shape)
    let outputs = try attributes.outputs(
      input: Array(input.dimensions[2...]), kernel: kernel, freshName: { inputs.freshName(0, $0) })
    return [ValueType(input.dtype, [input.dimensions[0], Dimension(lengths[0])] + outputs)]
  }

  private func kernel(_ weights: Shape) throws(OperatorError) -> [Int] {
    let kernel = Array(weights.dimensions[2...])
    guard attributes.kernel ?? kernel == kernel else {
      throw OperatorError(
        "attribute \"kernel_shape\" is \(attributes.kernel ?? []), and its weights have \(kernel)")
    }
    return kernel
  }

  /// Where windows are on an input; `nil` where the shapes do not fit.
  ///
  /// - Parameters:
  ///   - input: the shape of the first input.
  ///   - weights: the shape of the second input.
  public func window(input: Shape, weights: Shape) -> Window? {
    guard input.rank >= 3, weights.rank == input.rank, let kernel = try? kernel(weights),
      let axes = try? attributes.axes(input: Array(input.dimensions[2...]), kernel: kernel)
    else { return nil }
    return Window(axes.map { $0.windows })
  }

  private func blocks(
    _ input: Shape, _ weights: Shape, threadCount: Int
  ) throws(OperatorError) -> Kernels.ConvolutionBlocks {
    let axes = try attributes.axes(
      input: Array(input.dimensions[2...]), kernel: try kernel(weights))
    return Kernels.ConvolutionBlocks(
      Window(axes.map { $0.windows }), channelCount: weights.dimensions[1],
      filterCount: weights.dimensions[0] / groupCount,
      repetitions: input.dimensions[0] * groupCount, threadCount: threadCount)
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let x = inputs[0], let weights = inputs[1], let out = outputs[0], out.shape.count > 0,
      let blocks = try? blocks(x.shape, weights.shape, threadCount: threadCount)
    else { return 0 }
    let copies = FloatTensor.copiedCount(
      [x, weights, out, inputs.count > 2 ? inputs[2] : nil])
    return Scratch.byteCount(
      floats: copies[0], copies[1], copies[2], copies[3], blocks.scratchCount * threadCount)
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let x = inputs[0], let weights = inputs[1], let out = outputs[0], out.shape.count > 0
    else { return }
    let workers = context.team.threadCount
    let blocks = try blocks(x.shape, weights.shape, threadCount: workers)
    var scratch = Scratch(context)
    let source = FloatTensor(reading: x, &scratch).elements
    let factors = FloatTensor(reading: weights, &scratch).elements
    let result = FloatTensor(writing: out, &scratch)
    let target = result.elements
    let bias = (inputs.count > 2 ? inputs[2] : nil).map {
      FloatTensor(reading: $0, &scratch).elements
    }
    let panels = scratch.floats(blocks.scratchCount * workers)
    let groups = groupCount
    let count = x.shape.dimensions[0] * groups * blocks.count
    let channels = blocks.channelCount * blocks.window.inputCount
    let filters = blocks.filterCount
    context.team.share(workers) { part in
      for worker in part {
        let own = panels[worker * blocks.scratchCount..<(worker + 1) * blocks.scratchCount]
        for item in count * worker / workers..<count * (worker + 1) / workers {
          let (image, group) = (item / blocks.count, item / blocks.count % groups)
          Kernels.convolve(
            block: item % blocks.count, of: blocks, source, from: image * channels,
            weights: factors, from: group * filters * blocks.depth, bias: bias,
            from: group * filters, into: target,
            at: image * filters * blocks.window.outputCount, scratch: own)
        }
      }
    }
    result.finish()
  }
}
