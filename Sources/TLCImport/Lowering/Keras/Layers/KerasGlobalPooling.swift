internal import TLCCore
internal import TLCModel

/// The greatest number, or the mean, of each channel.
struct KerasGlobalPooling: KerasLayer {
  static let classNames = [
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
  ]
  private let axisCount: Int
  private let channelsAreLast: Bool
  private let keepsAxes: Bool
  private let isMean: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    axisCount = KerasWindow.axisCount(fields.className)
    channelsAreLast = try fields.channelsAreLast()
    keepsAxes = try fields.flag("keepdims", default: false)
    isMean = fields.className.contains("Average")
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let value = try call.input().value
    guard builder.rank(value) == axisCount + 2 else {
      throw call.malformed(
        "its input is \(builder.type(value)), not of rank \(axisCount + 2)")
    }
    let first = channelsAreLast ? 1 : 2
    let axes = Array(first..<(first + axisCount))
    if isMean, axisCount == 1, let mask = call.mask {
      return [KerasTensor(try mean(of: value, where: mask, axes, &builder))]
    }
    let operation = isMean ? "ReduceMean" : "ReduceMax"
    return [KerasTensor(try builder.reduce(operation, value, axes, keepsAxes: keepsAxes))]
  }

  /// The mean of the steps that count.
  private func mean(
    of value: GraphBuilder.Value, where mask: GraphBuilder.Value, _ axes: [Int],
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let weights = try builder.cast(mask, to: builder.type(value).dtype)
    let column = try builder.unsqueeze(weights, [channelsAreLast ? 2 : 1])
    let kept = try builder.add("Mul", [value, column])
    let sum = try builder.reduce("ReduceSum", kept, axes, keepsAxes: keepsAxes)
    let count = try builder.reduce("ReduceSum", column, axes, keepsAxes: keepsAxes)
    return try builder.add("Div", [sum, count])
  }
}
