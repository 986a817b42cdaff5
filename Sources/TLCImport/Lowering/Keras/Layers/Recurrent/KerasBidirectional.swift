internal import TLCCore
internal import TLCModel

/// A recurrent layer forwards, and one backwards, and what both give put together.
struct KerasBidirectional: KerasLayer {
  static let classNames = ["Bidirectional"]
  private enum Mode: String, CaseIterable {
    case apart, ave, concat, mul, sum
  }
  private let forward: KerasInstance
  private let backward: KerasInstance
  private let layers: [KerasRecurrent]
  private let mode: Mode
  private let generation: KerasGeneration

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    let inner = try context.inside(fields)
    guard let layer = fields[["layer"]] else { throw fields.malformed("\"layer\" is missing") }
    forward = try KerasInstance(layer, name: fields.name, inner)
    backward = try KerasInstance(
      fields[["backward_layer"]] ?? layer.goingBackwards, name: fields.name, inner)
    guard let first = forward.layer as? KerasRecurrent,
      let second = backward.layer as? KerasRecurrent
    else {
      throw fields.malformed("it is around a \(forward.className), not around a recurrent layer")
    }
    guard first.givesSequences == second.givesSequences,
      first.givesStates == second.givesStates, first.isBackwards != second.isBackwards
    else {
      throw fields.malformed("its layers do not give the same in opposite directions")
    }
    layers = [first, second]
    generation = fields.generation
    let isNull = fields.json["merge_mode"]?.isNull ?? false
    let word = isNull ? "apart" : try fields.text("merge_mode", default: "concat")
    guard let mode = Mode(rawValue: word) else {
      throw fields.malformed("\"merge_mode\" is \"\(word)\"; there are concat, sum, mul, ave")
    }
    self.mode = mode
  }

  var weights: KerasWeightTree {
    KerasWeightTree(children: [
      .init(path: "forward_layer", tree: forward.weights),
      .init(path: "backward_layer", tree: backward.weights),
    ])
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input().value
    guard builder.rank(input) == 3 else {
      throw call.malformed("its input is \(builder.type(input)), not of rank 3")
    }
    let states = try KerasRecurrent.states(
      of: call, count: layers[0].stateCount + layers[1].stateCount)
    let results = try run(call, input, states, &builder)
    var outputs: [GraphBuilder.Value] = []
    for (place, layer) in layers.enumerated() {
      outputs.append(
        layer.givesSequences
          ? results[place].sequence : layer.lastOutput(of: results[place]))
    }
    // Keras turns back what the other direction gives, so that all is in the order of the input.
    let merged = try merge(outputs, &builder)
    let mask = layers[0].givesSequences ? call.mask : nil
    let given = layers[0].givesStates ? results.flatMap { $0.states } : []
    return merged.map { KerasTensor($0, mask: mask) } + given.map { KerasTensor($0) }
  }

  private func run(
    _ call: KerasCall, _ input: GraphBuilder.Value, _ states: [GraphBuilder.Value],
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasRecurrence.Result] {
    let calls = [call.child(0, call.layer, []), call.child(1, call.layer, [])]
    let zeroesMasked = generation > .first && layers[0].givesSequences
    let own = [
      Array(states.prefix(layers[0].stateCount)), Array(states.dropFirst(layers[0].stateCount)),
    ]
    if layers[0].cells.count == 1, layers[1].cells.count == 1, !layers[0].isBackwards,
      layers[0].cells[0].pairs(with: layers[1].cells[0])
    {
      let directions = (0..<2).map { place in
        KerasRecurrence.Direction(
          cell: layers[place].cells[0], call: layers[place].call(of: 0, in: calls[place]),
          isReverse: place == 1, states: own[place])
      }
      return try KerasRecurrence.run(
        directions, input, mask: call.mask, zeroesMasked: zeroesMasked, &builder)
    }
    var results: [KerasRecurrence.Result] = []
    for (place, layer) in layers.enumerated() {
      results.append(
        try layer.run(
          calls[place], input, mask: call.mask, states: own[place], zeroesMasked: zeroesMasked,
          &builder))
    }
    return results
  }

  private func merge(
    _ outputs: [GraphBuilder.Value], _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [GraphBuilder.Value] {
    switch mode {
    case .apart: return outputs
    case .concat:
      return [try builder.concatenate(outputs, axis: builder.rank(outputs[0]) - 1)]
    case .sum: return [try builder.pointwise("Add", all: outputs)]
    case .mul: return [try builder.pointwise("Mul", all: outputs)]
    case .ave: return [try builder.pointwise("Mean", all: outputs)]
    }
  }
}

extension StrictJSON {
  /// The same layer in the opposite direction.
  fileprivate var goingBackwards: StrictJSON {
    guard let members else { return self }
    return .object(
      members.map { member in
        guard member.key == "config", var config = member.value.members else { return member }
        let place = config.firstIndex { $0.key == "go_backwards" }
        if let place {
          if case .boolean(let flag) = config[place].value {
            config[place].value = .boolean(!flag)
          }
        } else {
          config.append(("go_backwards", .boolean(true)))
        }
        return (member.key, .object(config))
      })
  }
}
