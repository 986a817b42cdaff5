internal import TLCCore
public import TLCKernels

/// The transpose of a convolution over 1 to 3 axes, in groups of channels: `formats/graph.md`
/// §Numbers.
public struct ConvTranspose: Operator {
  public static let name = "ConvTranspose"
  public static let inputCounts = 2...3
  private let attributes: WindowAttributes
  /// The groups of channels.
  public let groupCount: Int
  private let outputPadding: [Int]?
  private let outputShape: [Int]?

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    self.attributes = try WindowAttributes(&attributes, hasCeilMode: false)
    groupCount = try attributes.int("group", in: 1...Int(Int32.max), default: 1)
    let lengths = 0...Int(Int32.max)
    outputPadding = try WindowAttributes.list("output_padding", in: lengths, &attributes)
    outputShape = try WindowAttributes.list("output_shape", in: lengths, &attributes)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (input, weights) = (try inputs[0], try inputs[1])
    try input.requireComputedAsFloat()
    guard weights.dtype == input.dtype, input.rank >= 3, weights.rank == input.rank else {
      throw OperatorError("its input is \(input), and its weights are \(weights)")
    }
    guard let shape = weights.shape else {
      throw OperatorError("its weights are \(weights), and all their lengths must be known")
    }
    let channels = shape.dimensions[0]
    guard input.dimensions[1] == Dimension(channels), channels.isMultiple(of: groupCount) else {
      throw OperatorError(
        "its input has \(input.dimensions[1]) channels, its weights \(channels), and there are "
          + "\(groupCount) groups")
    }
    guard let filters = Dimension(shape.dimensions[1]).times(Dimension(groupCount)) else {
      throw OperatorError("it has \(groupCount) groups of \(shape.dimensions[1]) filters")
    }
    if let bias = inputs.optional(2)?.type, bias != ValueType(input.dtype, [filters]) {
      throw OperatorError("its bias is \(bias), not \(input.dtype) [\(filters)]")
    }
    let outputs = try outputs(Array(input.dimensions[2...]), shape) { inputs.freshName(0, $0) }
    return [ValueType(input.dtype, [input.dimensions[0], filters] + outputs)]
  }

  private func outputs(
    _ input: [Dimension], _ weights: Shape, freshName: (_ axis: Int) -> String
  ) throws(OperatorError) -> [Dimension] {
    // What two lengths give tells how the output grows with the input.
    let probes = try [1 << 30, 1 << 31].map { length throws(OperatorError) in
      try axes(input.map { $0.length ?? length }, weights)
    }
    return input.indices.map { axis in
      let (small, large) = (probes[0][axis].input, probes[1][axis].input)
      if input[axis].length != nil || small == large { return Dimension(small) }
      let factor = (large - small) >> 30
      if small == factor << 30, let product = input[axis].times(Dimension(factor)) {
        return product
      }
      return Dimension(named: freshName(axis + 2))
    }
  }

  /// The windows on the output, of which there is one an input element.
  private func axes(_ input: [Int], _ weights: Shape) throws(OperatorError) -> [Window.Axis] {
    let kernel = Array(weights.dimensions[2...])
    let rank = input.count
    guard (1...3).contains(rank), attributes.kernel ?? kernel == kernel,
      kernel.allSatisfy({ (1...Int(Int32.max)).contains($0) })
    else {
      throw OperatorError(
        "its kernel is \(kernel), of 1 to 3 lengths from 1, and \"kernel_shape\" is "
          + "\(attributes.kernel ?? kernel)")
    }
    func numbers(_ list: [Int]?, _ name: String, _ standard: Int) throws(OperatorError) -> [Int] {
      try WindowAttributes.numbers(list, name, count: rank, default: standard)
    }
    let strides = try numbers(attributes.strides, "strides", 1)
    let dilations = try numbers(attributes.dilations, "dilations", 1)
    let added = try numbers(outputPadding, "output_padding", 0)
    let asked = try numbers(outputShape, "output_shape", 0)
    let pads = try WindowAttributes.numbers(attributes.pads, "pads", count: 2 * rank, default: 0)
    var axes: [Window.Axis] = []
    for axis in 0..<rank {
      let (stride, extent) = (strides[axis], (kernel[axis] - 1) * dilations[axis] + 1)
      guard input[axis] < 1 << 31 + 1 else {
        throw OperatorError("axis \(axis + 2) has \(input[axis]) elements, more than 2³¹")
      }
      let whole = max(0, input[axis] - 1) * stride + added[axis] + extent
      var (before, output) = (pads[axis], whole - pads[axis] - pads[rank + axis])
      let isSame = attributes.autoPad == .sameUpper || attributes.autoPad == .sameLower
      if outputShape != nil || isSame {
        output = outputShape != nil ? asked[axis] : input[axis] * stride
        let total = max(0, whole - output)
        before = attributes.autoPad == .sameUpper ? total / 2 : total - total / 2
      }
      guard output >= 0, output < 1 << 53 else {
        throw OperatorError("axis \(axis + 2) of its output would have \(output) elements")
      }
      axes.append(
        Window.Axis(
          input: output, output: input[axis], kernel: kernel[axis], stride: stride,
          dilation: dilations[axis], before: before))
    }
    return axes
  }

  private func sizes(
    _ input: Shape, _ weights: Shape, threadCount: Int
  ) throws(OperatorError) -> TransposedConvolution {
    TransposedConvolution(
      window: Window(try axes(Array(input.dimensions[2...]), weights)),
      imageCount: input.dimensions[0], groupCount: groupCount,
      channelCount: weights.dimensions[0] / groupCount, filterCount: weights.dimensions[1],
      workerCount: threadCount)
  }

  public func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let x = inputs[0], let weights = inputs[1], let out = outputs[0], out.shape.count > 0,
      let sizes = try? sizes(x.shape, weights.shape, threadCount: threadCount)
    else { return 0 }
    let copies = FloatTensor.copiedCount(
      [x, weights, out, inputs.count > 2 ? inputs[2] : nil])
    return Scratch.byteCount(
      floats: copies[0], copies[1], copies[2], copies[3], weights.shape.count,
      sizes.partCount * threadCount)
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let x = inputs[0], let weights = inputs[1], let out = outputs[0], out.shape.count > 0
    else { return }
    let sizes = try sizes(x.shape, weights.shape, threadCount: context.team.threadCount)
    var scratch = Scratch(context)
    let source = FloatTensor(reading: x, &scratch).elements
    let factors = FloatTensor(reading: weights, &scratch).elements
    let result = FloatTensor(writing: out, &scratch)
    let bias = (inputs.count > 2 ? inputs[2] : nil).map {
      FloatTensor(reading: $0, &scratch).elements
    }
    let turned = scratch.floats(weights.shape.count)
    sizes.turn(factors, into: turned)
    sizes.compute(
      source, weights: turned, bias: bias, into: result.elements,
      in: scratch.floats(sizes.partCount * sizes.workerCount), team: context.team)
    result.finish()
  }
}
