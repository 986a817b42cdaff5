internal import TLCModel

/// An activation as a layer: by its name, or one with a number of its own.
struct KerasActivationLayer: KerasLayer {
  static let classNames = ["Activation", "ELU", "LeakyReLU", "ThresholdedReLU"]
  private enum Function {
    case activation(KerasActivation)
    case alpha(operation: String, Float)
  }
  private let function: Function

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    function =
      switch fields.className {
      case "ELU": .alpha(operation: "Elu", try fields.number("alpha", default: 1))
      case "LeakyReLU":
        .alpha(
          operation: "LeakyRelu", try fields.number("negative_slope", "alpha", default: 0.3))
      case "ThresholdedReLU":
        .alpha(operation: "ThresholdedRelu", try fields.number("theta", default: 1))
      default: .activation(try KerasActivation(fields, "activation", in: context))
      }
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let value =
      switch function {
      case .activation(let activation): try activation.lower(input.value, &builder)
      case .alpha(let operation, let alpha):
        try builder.pointwise(operation, input.value, [], ["alpha": .float(alpha)])
      }
    return [KerasTensor(value, mask: input.mask)]
  }
}
