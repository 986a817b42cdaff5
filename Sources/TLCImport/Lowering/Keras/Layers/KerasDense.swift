internal import TLCCore
internal import TLCModel

/// `activation(input · kernel + bias)` along the last axis.
struct KerasDense: KerasLayer {
  static let classNames = ["Dense", "TimeDistributedDense"]
  private let hasBias: Bool
  private let activation: KerasActivation

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    hasBias = try fields.flag("use_bias", "bias", default: true)
    activation = try KerasActivation(fields, "activation", in: context)
    if fields[["quantization_mode", "quantization_config"]] != nil {
      throw fields.malformed("it is quantized, which has no definition here")
    }
  }

  var weights: KerasWeightTree { KerasWeightTree(["kernel"] + (hasBias ? ["bias"] : [])) }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let kernel = try builder.weight("kernel", call, rank: 2)
    var value = try builder.add("MatMul", [input.value, kernel])
    if hasBias {
      value = try builder.add("Add", [value, try builder.weight("bias", call, rank: 1)])
    }
    return [KerasTensor(try activation.lower(value, &builder), mask: input.mask)]
  }
}
