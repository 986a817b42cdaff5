internal import TLCCore
internal import TLCModel

/// The products of two tensors, example by example, summed along an axis of each.
struct KerasDot: KerasLayer {
  static let classNames = ["Dot"]
  private let axes: [Int]
  private let normalizes: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    let axes = try fields.integers("axes", "dot_axes") ?? [-1]
    guard (1...2).contains(axes.count) else {
      throw fields.malformed("\"axes\" names \(axes.count) axes, not one or two")
    }
    self.axes = [axes[0], axes[axes.count - 1]]
    normalizes = try fields.flag("normalize", default: false)
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let inputs = call.arguments.flatMap { $0.tensors }
    guard inputs.count == 2 else {
      throw call.malformed("it is given \(inputs.count) tensors, not 2")
    }
    var factors: [GraphBuilder.Value] = []
    var isVector: [Bool] = []
    for (place, input) in inputs.enumerated() {
      let rank = builder.rank(input.value)
      guard (2...3).contains(rank) else {
        throw call.malformed("it is given \(builder.type(input.value)), not of rank 2 or 3")
      }
      let axis = try builder.axis(axes[place], rank: rank)
      guard axis > 0 else { throw call.malformed("it sums along the batch") }
      var value = input.value
      if normalizes { value = try builder.unit(value, [axis]) }
      isVector.append(rank == 2)
      // The summed axis last in the first factor, and before the last in the second.
      let wanted = place == 0 ? 2 : 1
      if rank == 2 {
        value = try builder.unsqueeze(value, [3 - wanted])
      } else if axis != wanted {
        value = try builder.transpose(value, [0, 2, 1])
      }
      factors.append(value)
    }
    let product = try builder.add("MatMul", factors)
    let single = [isVector[0] ? 1 : nil, isVector[1] ? 2 : nil].compactMap { $0 }
    // Of two vectors there is one number, which keeps an axis.
    let dropped = single.count == 2 ? [2] : single
    return [KerasTensor(dropped.isEmpty ? product : try builder.squeeze(product, dropped))]
  }
}
