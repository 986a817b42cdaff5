internal import TLCCore
internal import TLCModel

/// A layer at each step of a sequence by itself.
struct KerasTimeDistributed: KerasLayer {
  static let classNames = ["TimeDistributed"]
  private let inner: KerasInstance

  var castsInputs: Bool { false }

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    guard let layer = fields[["layer"]] else { throw fields.malformed("\"layer\" is missing") }
    inner = try KerasInstance(layer, name: fields.name, try context.inside(fields))
  }

  var weights: KerasWeightTree {
    KerasWeightTree(children: [.init(path: "layer", tree: inner.weights)])
  }

  /// Whether the layer does not look beyond the last axis of what it is given.
  private var actsAlongLastAxis: Bool {
    let layer = inner.layer
    return layer is KerasActivationLayer || layer is KerasDense || layer is KerasIdentity
      || layer is KerasReLU || layer is KerasSubstitutedLayer
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let dimensions = builder.type(input.value).dimensions
    guard dimensions.count >= 2 else {
      throw call.malformed("its input is \(builder.type(input.value)), which has no steps")
    }
    // What looks along the last axis alone does the same at every step at once.
    if dimensions.count >= 3, actsAlongLastAxis {
      let whole = call.child(0, inner.name, [.tensor(KerasTensor(input.value))])
      return try inner.lower(whole, &builder).map { KerasTensor($0.value, mask: call.mask) }
    }
    guard let steps = dimensions[1].length else {
      throw call.malformed(
        "it is around a \(inner.className), and its input \(builder.type(input.value)) has a free"
          + " number of steps")
    }
    let rest = dimensions.dropFirst(2).compactMap { $0.length }
    guard rest.count == dimensions.count - 2 else {
      throw call.malformed(
        "its input \(builder.type(input.value)) has a free length besides its batch")
    }
    let flat = try builder.reshape(input.value, [-1] + rest)
    let apart = call.child(0, inner.name, [.tensor(KerasTensor(flat))])
    var outputs: [KerasTensor] = []
    for output in try inner.lower(apart, &builder) {
      let lengths = builder.type(output.value).dimensions.dropFirst().compactMap { $0.length }
      guard lengths.count == builder.rank(output.value) - 1 else {
        throw call.malformed("its layer gives \(builder.type(output.value)), of a free length")
      }
      let together = try builder.reshape(output.value, [-1, steps] + lengths)
      outputs.append(KerasTensor(together, mask: call.mask))
    }
    return outputs
  }
}
