internal import TLCCore
internal import TLCModel

/// Normalizes groups of channels of each example.
struct KerasGroupNormalization: KerasLayer {
  static let classNames = ["GroupNormalization"]
  private let axis: Int
  private let groups: Int
  private let epsilon: Float
  private let hasScale: Bool
  private let hasBias: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    axis = try fields.integers("axis")?.first ?? -1
    groups = try fields.integer("groups", default: 32)
    epsilon = try fields.number("epsilon", default: 1e-3)
    hasScale = try fields.flag("scale", default: true)
    hasBias = try fields.flag("center", default: true)
  }

  var weights: KerasWeightTree {
    KerasWeightTree((hasScale ? ["gamma"] : []) + (hasBias ? ["beta"] : []))
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let rank = builder.rank(input.value)
    let axis = try builder.axis(axis, rank: rank)
    guard axis > 0 else { throw call.malformed("it normalizes along the batch") }
    let order = [0, axis] + (1..<rank).filter { $0 != axis }
    let value = try builder.transpose(input.value, order)
    guard let channels = builder.type(value).dimensions[1].length else {
      throw call.malformed(
        "its channels are \(builder.type(value).dimensions[1]), of no fixed number")
    }
    // A group for each channel.
    let groups = groups == -1 ? channels : groups
    let scale = hasScale ? try builder.weight("gamma", call) : try builder.filled(1, [channels])
    let bias = hasBias ? try builder.weight("beta", call) : try builder.filled(0, [channels])
    let result = try builder.add(
      "GroupNormalization", [value, scale, bias],
      ["num_groups": .int(groups), "epsilon": .float(epsilon)])
    let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
    return [KerasTensor(try builder.transpose(result, back), mask: input.mask)]
  }
}
