internal import TLCModel

/// `alpha · number` below 0, with an alpha for each place but along shared axes.
struct KerasPReLU: KerasLayer {
  static let classNames = ["PReLU"]

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {}

  var weights: KerasWeightTree { KerasWeightTree(["alpha"]) }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let value = try builder.add("PRelu", [input.value, try builder.weight("alpha", call)])
    return [KerasTensor(value, mask: input.mask)]
  }
}
