internal import TLCCore
internal import TLCModel

/// Normalizes each channel by the mean and variance that training found.
struct KerasBatchNormalization: KerasLayer {
  static let classNames = ["BatchNormalization", "SyncBatchNormalization"]
  private let axis: Int
  private let epsilon: Float
  private let hasScale: Bool
  private let hasBias: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    let axes = try fields.integers("axis") ?? [-1]
    guard axes.count == 1 else {
      throw fields.malformed("\"axis\" is not one axis")
    }
    guard try fields.integer("mode", default: 0) != 1 else {
      throw fields.malformed("\"mode\" is 1, which normalizes each example by itself")
    }
    axis = axes[0]
    epsilon = try fields.number("epsilon", default: 1e-3)
    hasScale = try fields.flag("scale", default: true)
    hasBias = try fields.flag("center", default: true)
  }

  var weights: KerasWeightTree {
    KerasWeightTree(
      (hasScale ? ["gamma"] : []) + (hasBias ? ["beta"] : []), other: ["mean", "variance"])
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let rank = builder.rank(input.value)
    let axis = try builder.axis(axis, rank: rank)
    guard axis > 0 else { throw call.malformed("it normalizes along the batch") }
    let mean = try builder.weight("mean", call, rank: 1)
    let lengths = builder.lengths(mean)
    let scale =
      hasScale ? try builder.weight("gamma", call) : try builder.filled(1, lengths)
    let bias = hasBias ? try builder.weight("beta", call) : try builder.filled(0, lengths)
    // Channels as the second axis, and back.
    let others = (1..<rank).filter { $0 != axis }
    let order = [0, axis] + others
    let value = try builder.transpose(input.value, order)
    let result = try builder.add(
      "BatchNormalization",
      [value, scale, bias, mean, try builder.weight("variance", call)],
      ["epsilon": .float(epsilon)])
    let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
    return [KerasTensor(try builder.transpose(result, back), mask: input.mask)]
  }
}

extension KerasBuilder {
  /// A value of equal numbers of the type that the layer computes in.
  mutating func filled(_ number: Float, _ lengths: [Int]) throws(LoweringError) -> Value {
    guard let one = Shape([1]) else { throw malformed("a shape of one number") }
    let element: Tensor =
      switch dtype {
      case .f64: Tensor([Double(number)], shape: one)
      case .f16: Tensor([Float16(number)], shape: one)
      case .bf16: Tensor([BFloat16(number)], shape: one)
      default: Tensor([number], shape: one)
      }
    return try add(
      "ConstantOfShape", [try constant(lengths)], ["value": .tensor(element)])
  }
}
