internal import TLCCore
internal import TLCModel

/// Normalizes features by a mean and a variance that were given, or found in data.
struct KerasNormalization: KerasLayer {
  static let classNames = ["Normalization"]
  private let axes: [Int]
  private let mean: [Float]?
  private let variance: [Float]?
  private let isInverted: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    axes = try fields.integers("axis") ?? []
    mean = try Self.numbers("mean", fields)
    variance = try Self.numbers("variance", fields)
    isInverted = try fields.flag("invert", default: false)
    guard (mean == nil) == (variance == nil) else {
      throw fields.malformed("of \"mean\" and \"variance\" only one is given")
    }
  }

  /// A number, or numbers in lists, in order.
  private static func numbers(
    _ key: String, _ fields: KerasFields
  ) throws(LoweringError) -> [Float]? {
    guard let value = fields[[key]] else { return nil }
    func flat(_ value: StrictJSON) -> [Float?] {
      value.elements.map { $0.flatMap(flat) } ?? [value.float]
    }
    let numbers = flat(value)
    let known = numbers.compactMap { $0 }
    guard known.count == numbers.count else {
      throw fields.malformed("\"\(key)\" has an element that is no number")
    }
    return known
  }

  var weights: KerasWeightTree {
    mean == nil ? KerasWeightTree(other: ["mean", "variance", "count"]) : KerasWeightTree()
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let value = try call.input().value
    let axes = try builder.axes(axes, rank: builder.rank(value))
    let mean = try factor(mean, "mean", axes, value, call, &builder)
    let variance = try factor(variance, "variance", axes, value, call, &builder)
    let least = try builder.constant(1e-7, like: value)
    let deviation = try builder.add(
      "Max", [try builder.add("Sqrt", [variance]), least])
    if isInverted {
      let scaled = try builder.add("Mul", [value, deviation])
      return [KerasTensor(try builder.add("Add", [scaled, mean]))]
    }
    let centered = try builder.add("Sub", [value, mean])
    return [KerasTensor(try builder.add("Div", [centered, deviation]))]
  }

  /// A mean or variance in a shape that broadcasts to the value: its lengths at the axes.
  private func factor(
    _ numbers: [Float]?, _ role: String, _ axes: [Int], _ value: GraphBuilder.Value,
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let type = builder.type(value)
    var lengths = [Int](repeating: 1, count: type.rank)
    for axis in axes {
      guard let length = type.dimensions[axis].length else {
        throw call.malformed("axis \(axis) of \(type) has no fixed length")
      }
      lengths[axis] = length
    }
    guard let shape = Shape(lengths) else { throw call.malformed("its input is too large") }
    guard let numbers else {
      return try builder.reshape(try builder.weight(role, call), lengths)
    }
    if numbers.count == 1 { return try builder.constant(numbers[0], like: value) }
    guard numbers.count == shape.count else {
      throw call.malformed(
        "its \(role) has \(numbers.count) numbers, and its axes have \(shape.count) places")
    }
    return try builder.constant(numbers, shape: shape, type.dtype)
  }
}
