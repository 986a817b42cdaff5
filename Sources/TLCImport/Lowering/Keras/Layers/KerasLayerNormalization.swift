internal import TLCCore
internal import TLCModel

/// Normalizes over axes of each example, with the mean taken off or not.
struct KerasLayerNormalization: KerasLayer {
  static let classNames = ["LayerNormalization", "RMSNormalization"]
  private let axes: [Int]
  private let epsilon: Float
  private let hasScale: Bool
  private let hasBias: Bool
  private let hasMean: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    axes = try fields.integers("axis") ?? [-1]
    hasMean = fields.className == "LayerNormalization"
    epsilon = try fields.number("epsilon", default: hasMean ? 1e-3 : 1e-6)
    guard try !fields.flag("rms_scaling", default: false) else {
      throw fields.malformed("\"rms_scaling\" is true, which has no definition here")
    }
    let isScaled = try fields.flag("scale", default: true)
    hasScale = isScaled || !hasMean
    let isCentered = try fields.flag("center", default: true)
    hasBias = isCentered && hasMean
  }

  var weights: KerasWeightTree {
    KerasWeightTree((hasScale ? ["gamma"] : []) + (hasBias ? ["beta"] : []))
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let rank = builder.rank(input.value)
    let axes = try builder.axes(axes, rank: rank)
    // The axes of a row at the end, and back.
    let order = (0..<rank).filter { !axes.contains($0) } + axes
    let value = try builder.transpose(input.value, order)
    let first = rank - axes.count
    let row = builder.type(value).dimensions[first...].compactMap { $0.length }
    guard row.count == axes.count else {
      throw call.malformed("it normalizes over an axis of \(builder.type(value)) of free length")
    }
    var inputs = [value]
    inputs.append(hasScale ? try builder.weight("gamma", call) : try builder.filled(1, row))
    if hasBias { inputs.append(try builder.weight("beta", call)) }
    let result = try builder.add(
      hasMean ? "LayerNormalization" : "RMSNormalization", inputs,
      ["axis": .int(first), "epsilon": .float(epsilon)])
    let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
    return [KerasTensor(try builder.transpose(result, back), mask: input.mask)]
  }
}
