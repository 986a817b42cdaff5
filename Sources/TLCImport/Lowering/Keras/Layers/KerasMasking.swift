internal import TLCCore
internal import TLCModel

/// Masks steps whose features are all a number, and makes them 0.
struct KerasMasking: KerasLayer {
  static let classNames = ["Masking"]
  private let number: Float

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    number = try fields.number("mask_value", default: 0)
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let value = try call.input().value
    let last = builder.rank(value) - 1
    let isMasked = try builder.add("Equal", [value, try builder.constant(number, like: value)])
    let counts = try builder.cast(
      try builder.add("Not", [isMasked]), to: builder.type(value).dtype)
    let column = try builder.reduce("ReduceMax", counts, [last], keepsAxes: true)
    let mask = try builder.squeeze(column, [last])
    return [
      KerasTensor(
        try builder.add("Mul", [value, column]), mask: try builder.cast(mask, to: .bool))
    ]
  }
}
