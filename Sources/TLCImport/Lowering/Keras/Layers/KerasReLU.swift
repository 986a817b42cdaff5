internal import TLCModel

/// The number from a threshold to a maximum; `slope · (number − threshold)` below.
struct KerasReLU: KerasLayer {
  static let classNames = ["ReLU"]
  private let maximum: Float?
  private let slope: Float
  private let threshold: Float

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    maximum = try fields.optionalNumber("max_value")
    slope = try fields.number("negative_slope", default: 0)
    threshold = try fields.number("threshold", default: 0)
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    return [KerasTensor(try lower(input.value, &builder), mask: input.mask)]
  }

  private func lower(
    _ value: GraphBuilder.Value, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    if threshold == 0, slope == 0, let maximum {
      let bounds = [
        try builder.constant(0, like: value), try builder.constant(maximum, like: value),
      ]
      return try builder.pointwise("Clip", value, bounds)
    }
    var result = value
    if threshold != 0 {
      let limit = try builder.constant(threshold, like: value)
      let isBelow = try builder.pointwise("Less", value, [limit])
      let rest = try builder.pointwise("Sub", value, [limit])
      let below = try builder.pointwise("Mul", rest, [try builder.constant(slope, like: value)])
      result = try builder.pointwise("Where", all: [isBelow, below, value])
    } else if slope == 0 {
      result = try builder.pointwise("Relu", value)
    } else {
      result = try builder.pointwise("LeakyRelu", value, [], ["alpha": .float(slope)])
    }
    guard let maximum else { return result }
    return try builder.pointwise("Min", result, [try builder.constant(maximum, like: value)])
  }
}
