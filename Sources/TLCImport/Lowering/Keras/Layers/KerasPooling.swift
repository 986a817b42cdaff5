internal import TLCCore
internal import TLCModel

/// The greatest number of a window, or the mean of what is no padding.
struct KerasPooling: KerasLayer {
  static let classNames = [
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "MaxPooling1D", "MaxPooling2D",
    "MaxPooling3D",
  ]
  private let window: KerasWindow
  private let operation: String

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    let count = KerasWindow.axisCount(fields.className)
    let size = try fields.perAxis("pool_size", "pool_length", count: count, default: 2)
    let strides =
      fields[["strides", "stride"]] == nil
      ? size : try fields.perAxis("strides", "stride", count: count)
    window = KerasWindow(
      kernel: size, strides: strides, dilations: [Int](repeating: 1, count: count),
      padding: try KerasWindow.padding(fields), channelsAreLast: try fields.channelsAreLast())
    operation = fields.className.hasPrefix("Max") ? "MaxPool" : "AveragePool"
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let value = try builder.channelsFirst(input.value, from: window.channelsAreLast)
    let attributes = try window.attributes(for: value, builder)
    let result = try builder.add(operation, [value], attributes)
    return [KerasTensor(try builder.channels(result, to: window.channelsAreLast))]
  }
}
