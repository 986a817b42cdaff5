internal import TLCCore
internal import TLCModel

/// Convolutions over one, two or three axes.
struct KerasConvolution: KerasLayer {
  static let classNames = [
    "Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D", "Convolution3D",
    "AtrousConvolution1D", "AtrousConvolution2D",
  ]
  private let window: KerasWindow
  private let groups: Int
  private let hasBias: Bool
  private let activation: KerasActivation
  /// The order of the kernel's axes in files of Keras 1 with channels first.
  private let kernelIsFirst: Bool
  private let turnsKernel: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    window = try KerasWindow(convolution: fields)
    groups = try fields.integer("groups", default: 1)
    guard groups >= 1 else { throw fields.malformed("\"groups\" is \(groups), not from 1 on") }
    hasBias = try fields.flag("use_bias", "bias", default: true)
    activation = try KerasActivation(fields, "activation", in: context)
    kernelIsFirst = fields.generation == .first && !window.channelsAreLast
    turnsKernel = context.turnsKernels
  }

  var weights: KerasWeightTree { KerasWeightTree(["kernel"] + (hasBias ? ["bias"] : [])) }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let value = try builder.channelsFirst(input.value, from: window.channelsAreLast)
    var kernel = try builder.weight("kernel", call)
    let count = window.axisCount
    // Convolutions of sequences were those of images one wide.
    if count == 1, builder.rank(kernel) == 4 { kernel = try builder.squeeze(kernel, [1]) }
    guard builder.rank(kernel) == count + 2 else {
      throw call.malformed("its kernel is \(builder.type(kernel)), not of rank \(count + 2)")
    }
    if !kernelIsFirst {
      kernel = try builder.transpose(kernel, [count + 1, count] + Array(0..<count))
    }
    if turnsKernel { kernel = try builder.reversed(kernel, axes: Array(2..<(count + 2))) }
    var window = window
    window.kernel = builder.type(kernel).dimensions.suffix(count).compactMap { $0.length }
    var attributes = try window.attributes(for: value, builder)
    if groups > 1 { attributes["group"] = .int(groups) }
    let bias = hasBias ? try builder.weight("bias", call) : nil
    var result = try builder.add("Conv", [value, kernel] + (bias.map { [$0] } ?? []), attributes)
    result = try builder.channels(result, to: window.channelsAreLast)
    return [KerasTensor(try activation.lower(result, &builder))]
  }
}

extension KerasWindow {
  /// Reads the fields of a convolution. The lengths of its kernel are those of the weight.
  init(convolution fields: KerasFields) throws(LoweringError) {
    let count = Self.axisCount(fields.className)
    kernel = [Int](repeating: 1, count: count)
    strides = try fields.perAxis(
      "strides", "subsample", "subsample_length", count: count, default: 1)
    dilations = try fields.perAxis("dilation_rate", "atrous_rate", count: count, default: 1)
    padding = try Self.padding(fields)
    channelsAreLast = try fields.channelsAreLast()
    guard padding != .causal || count == 1 else {
      throw fields.malformed("\"padding\" is \"causal\", which is for sequences only")
    }
  }
}
