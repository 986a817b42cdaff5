internal import TLCModel

/// `number · scale + offset`.
struct KerasRescaling: KerasLayer {
  static let classNames = ["Rescaling"]
  private let scale: Float
  private let offset: Float

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    scale = try fields.number("scale")
    offset = try fields.number("offset", default: 0)
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let value = try builder.cast(input.value, to: builder.dtype)
    var result = try builder.pointwise("Mul", value, [try builder.constant(scale, like: value)])
    if offset != 0 {
      result = try builder.pointwise("Add", result, [try builder.constant(offset, like: value)])
    }
    return [KerasTensor(result, mask: input.mask)]
  }
}
