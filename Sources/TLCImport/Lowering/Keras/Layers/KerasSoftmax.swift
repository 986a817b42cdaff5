internal import TLCCore
internal import TLCModel

/// Softmax along an axis, or over several together.
struct KerasSoftmax: KerasLayer {
  static let classNames = ["Softmax"]
  private let axes: [Int]

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    axes = try fields.integers("axis") ?? [-1]
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    var value = input.value
    let rank = builder.rank(value)
    // A mask of the numbers themselves; one of steps is for other layers.
    let given = call.argument(1, "mask")?.tensors.first?.value ?? input.mask
    if let mask = given, builder.rank(mask) == rank {
      let penalty = try builder.penalty(mask, like: value)
      value = try builder.add("Add", [value, penalty])
    }
    let axes = try builder.axes(axes, rank: rank)
    guard axes.count > 1 else {
      value = try builder.add("Softmax", [value], ["axis": .int(axes.first ?? rank - 1)])
      return [KerasTensor(value, mask: input.mask)]
    }
    let sum = try builder.reduce("ReduceLogSumExp", value, axes, keepsAxes: true)
    let logarithm = try builder.pointwise("Sub", all: [value, sum])
    return [KerasTensor(try builder.pointwise("Exp", logarithm), mask: input.mask)]
  }
}

extension KerasBuilder {
  /// 0 where a mask is true, and elsewhere the large negative number that Keras adds to scores.
  mutating func penalty(_ mask: Value, like value: Value) throws(LoweringError) -> Value {
    let isHalf = type(value).dtype == .f16
    let least = try constant(isHalf ? -3e4 : -1e9, like: value)
    return try add("Where", [try cast(mask, to: .bool), try constant(0, like: value), least])
  }
}
