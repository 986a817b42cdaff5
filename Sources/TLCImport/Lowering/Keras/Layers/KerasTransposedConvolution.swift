internal import TLCCore
internal import TLCModel

/// Transposed convolutions, which enlarge by their strides.
struct KerasTransposedConvolution: KerasLayer {
  static let classNames = [
    "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Convolution2DTranspose",
    "Deconvolution2D",
  ]
  private let window: KerasWindow
  private let outputPadding: [Int]?
  private let hasBias: Bool
  private let activation: KerasActivation

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    window = try KerasWindow(convolution: fields)
    guard window.padding != .causal else {
      throw fields.malformed("\"padding\" is \"causal\", not \"valid\" or \"same\"")
    }
    guard fields.generation > .first else {
      throw fields.malformed("it is of Keras 1, whose transposed convolutions are not read here")
    }
    outputPadding =
      fields[["output_padding"]] == nil
      ? nil : try fields.perAxis("output_padding", count: window.axisCount, atLeast: 0)
    hasBias = try fields.flag("use_bias", "bias", default: true)
    activation = try KerasActivation(fields, "activation", in: context)
    guard try fields.integer("groups", default: 1) == 1 else {
      throw fields.malformed("\"groups\" is not 1")
    }
    guard !context.turnsKernels else {
      throw fields.malformed("it is of Theano, whose transposed convolutions are not read here")
    }
  }

  var weights: KerasWeightTree { KerasWeightTree(["kernel"] + (hasBias ? ["bias"] : [])) }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let value = try builder.channelsFirst(input.value, from: window.channelsAreLast)
    let count = window.axisCount
    let stored = try builder.weight("kernel", call, rank: count + 2)
    let lengths = Array(builder.lengths(stored).prefix(count))
    let kernel = try builder.transpose(stored, [count + 1, count] + Array(0..<count))
    var attributes: [String: Attribute] = [
      "kernel_shape": .ints(lengths), "strides": .ints(window.strides),
      "dilations": .ints(window.dilations),
    ]
    let paddings = (0..<count).map { padding($0, lengths[$0]) }
    attributes["pads"] = .ints(paddings.map { $0.before } + paddings.map { $0.after })
    attributes["output_padding"] = .ints(paddings.map { $0.beyond })
    let bias = hasBias ? try builder.weight("bias", call) : nil
    var result = try builder.add(
      "ConvTranspose", [value, kernel] + (bias.map { [$0] } ?? []), attributes)
    result = try builder.channels(result, to: window.channelsAreLast)
    return [KerasTensor(try activation.lower(result, &builder))]
  }

  /// What is cut from the whole result of an axis, or put behind it.
  private func padding(_ axis: Int, _ kernel: Int) -> (before: Int, after: Int, beyond: Int) {
    let stride = window.strides[axis]
    let reach = (kernel - 1) * window.dilations[axis] + 1
    // The whole result has (length − 1) · stride + reach places; what is asked for differs by:
    let difference: Int
    switch (window.padding, outputPadding?[axis]) {
    case (.same, nil): difference = reach - stride
    case (.same, let more?): difference = reach - reach % 2 - more
    case (_, let more): difference = -(more ?? max(stride - reach, 0))
    }
    guard difference > 0 else { return (0, 0, -difference) }
    return (difference / 2, difference - difference / 2, 0)
  }
}
