internal import TLCModel

/// The axes of an example in another order.
struct KerasPermute: KerasLayer {
  static let classNames = ["Permute"]
  private let order: [Int]

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    guard let order = try fields.integers("dims") else {
      throw fields.malformed("\"dims\" is missing")
    }
    self.order = [0] + order
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    [KerasTensor(try builder.transpose(try call.input().value, order))]
  }
}
