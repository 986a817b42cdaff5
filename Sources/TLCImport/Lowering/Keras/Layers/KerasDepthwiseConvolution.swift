internal import TLCCore
internal import TLCModel

/// Convolutions of each channel by itself, with another of the results' channels behind them or
/// not.
struct KerasDepthwiseConvolution: KerasLayer {
  static let classNames = [
    "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D",
    "SeparableConvolution1D", "SeparableConvolution2D",
  ]
  private let window: KerasWindow
  private let isSeparable: Bool
  private let hasBias: Bool
  private let activation: KerasActivation

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    window = try KerasWindow(convolution: fields)
    isSeparable = fields.className.hasPrefix("Separable")
    hasBias = try fields.flag("use_bias", "bias", default: true)
    activation = try KerasActivation(fields, "activation", in: context)
    guard fields.generation > .first || window.channelsAreLast else {
      throw fields.malformed("it has channels first, whose kernels in Keras 1 are not read here")
    }
  }

  var weights: KerasWeightTree {
    let kernels = isSeparable ? ["depthwise kernel", "pointwise kernel"] : ["depthwise kernel"]
    return KerasWeightTree(kernels + (hasBias ? ["bias"] : []))
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let value = try builder.channelsFirst(input.value, from: window.channelsAreLast)
    let count = window.axisCount
    let stored = try builder.weight("depthwise kernel", call, rank: count + 2)
    let lengths = builder.lengths(stored)
    // [window…, channels, outputs of each] as [channels · outputs of each, 1, window…].
    let ordered = try builder.transpose(stored, [count, count + 1] + Array(0..<count))
    let kernel = try builder.reshape(
      ordered, [lengths[count] * lengths[count + 1], 1] + lengths.prefix(count))
    var window = window
    window.kernel = Array(lengths.prefix(count))
    var attributes = try window.attributes(for: value, builder)
    attributes["group"] = .int(lengths[count])
    let bias = hasBias ? try builder.weight("bias", call) : nil
    let biases = bias.map { [$0] } ?? []
    var result: GraphBuilder.Value
    if isSeparable {
      let pointwise = try builder.weight("pointwise kernel", call, rank: count + 2)
      let across = try builder.transpose(pointwise, [count + 1, count] + Array(0..<count))
      result = try builder.add("Conv", [value, kernel], attributes)
      result = try builder.add("Conv", [result, across] + biases)
    } else {
      result = try builder.add("Conv", [value, kernel] + biases, attributes)
    }
    result = try builder.channels(result, to: window.channelsAreLast)
    return [KerasTensor(try activation.lower(result, &builder))]
  }
}
