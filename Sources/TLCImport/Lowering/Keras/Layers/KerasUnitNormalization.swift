internal import TLCModel

/// Scales to a sum of squares of 1.
struct KerasUnitNormalization: KerasLayer {
  static let classNames = ["UnitNormalization"]
  private let axes: [Int]

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    axes = try fields.integers("axis") ?? [-1]
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let axes = try builder.axes(axes, rank: builder.rank(input.value))
    return [KerasTensor(try builder.unit(input.value, axes), mask: input.mask)]
  }
}

extension KerasBuilder {
  /// The value divided by the square root of its sum of squares, which is taken as 1e-12 at least.
  mutating func unit(_ value: Value, _ axes: [Int]) throws(LoweringError) -> Value {
    let norm = try reduce("ReduceL2", value, axes, keepsAxes: true)
    let divisor = try pointwise("Max", norm, [try constant(1e-6, like: value)])
    return try pointwise("Div", all: [value, divisor])
  }
}
