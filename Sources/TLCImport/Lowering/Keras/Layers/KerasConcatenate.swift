internal import TLCCore
internal import TLCModel

/// Tensors one behind the other along an axis.
struct KerasConcatenate: KerasLayer {
  static let classNames = ["Concatenate"]
  private let axis: Int

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    axis = try fields.integer("axis", "concat_axis", default: -1)
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let inputs = call.arguments.flatMap { $0.tensors }
    guard let first = inputs.first else { throw call.malformed("it is called without a tensor") }
    let rank = builder.rank(first.value)
    let axis = try builder.axis(axis, rank: rank)
    let value = try builder.concatenate(inputs.map { $0.value }, axis: axis)
    return [KerasTensor(value, mask: try mask(of: inputs, axis, rank, &builder))]
  }

  /// A step counts where it counts in all inputs; masks of steps that lie one behind the other do
  /// too.
  private func mask(
    of inputs: [KerasTensor], _ axis: Int, _ rank: Int, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value? {
    let masks = inputs.compactMap { $0.mask }
    guard var mask = masks.first else { return nil }
    guard axis == 1, builder.rank(mask) == 2, rank > 2 else {
      for other in masks.dropFirst() { mask = try builder.add("And", [mask, other]) }
      return mask
    }
    // Without a mask of its own, every step of an input would count; nothing here says how many.
    guard masks.count == inputs.count else {
      throw builder.malformed("it joins steps with a mask and steps without one")
    }
    return try builder.concatenate(masks, axis: 1)
  }
}
