internal import TLCCore
internal import TLCModel

/// One node of ONNX's `LSTM`, `GRU` or `RNN` over a sequence, in one direction or in both.
struct KerasRecurrence {
  /// A direction: its cell, the call that has its weights, and the states that it starts from.
  struct Direction {
    var cell: KerasCell
    var call: KerasCall
    var isReverse: Bool
    /// `[batch, units]` each; empty for zeros.
    var states: [GraphBuilder.Value] = []
  }

  /// What a direction gives.
  struct Result {
    /// `[batch, steps, units]`, in the order of the input's steps.
    var sequence: GraphBuilder.Value
    /// `[batch, units]` each.
    var states: [GraphBuilder.Value]
  }

  /// - Parameters:
  ///   - input: `[batch, steps, features]`.
  ///   - mask: `[batch, steps]`: steps where it is false leave the states as they are.
  ///   - zeroesMasked: whether a masked step gives zeros, and not what the step before it gave.
  static func run(
    _ directions: [Direction], _ input: GraphBuilder.Value, mask: GraphBuilder.Value?,
    zeroesMasked: Bool, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [Result] {
    let packing = try mask.map { mask throws(LoweringError) in
      try KerasSteps(mask: mask, &builder)
    }
    let kept = try packing?.packed(input, &builder) ?? input
    let sequence = try builder.transpose(kept, [1, 0, 2])
    let inputs = try inputs(directions, sequence, packing, &builder)
    let cell = directions[0].cell
    let outputs = try builder.nodes(
      cell.kind.rawValue, inputs, try attributes(directions), outputCount: 1 + cell.kind.stateCount)
    var results: [Result] = []
    let parts = try apart(outputs[0], axis: 1, directions.count, &builder)
    var states: [[GraphBuilder.Value]] = []
    for output in outputs.dropFirst() {
      states.append(try apart(output, axis: 0, directions.count, &builder))
    }
    for (place, direction) in directions.enumerated() {
      var steps = try builder.transpose(parts[place], [1, 0, 2])
      if let packing {
        steps = try packing.unpacked(
          steps, isReverse: direction.isReverse, zeroesMasked: zeroesMasked, &builder)
      }
      results.append(Result(sequence: steps, states: states.map { $0[place] }))
    }
    return results
  }

  /// The parts of an axis that has one place for each direction, without the axis.
  private static func apart(
    _ value: GraphBuilder.Value, axis: Int, _ count: Int, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [GraphBuilder.Value] {
    guard count > 1 else { return [try builder.squeeze(value, [axis])] }
    let parts = try builder.nodes(
      "Split", [value], ["axis": .int(axis), "num_outputs": .int(count)], outputCount: count)
    var squeezed: [GraphBuilder.Value] = []
    for part in parts { squeezed.append(try builder.squeeze(part, [axis])) }
    return squeezed
  }

  private static func inputs(
    _ directions: [Direction], _ sequence: GraphBuilder.Value, _ packing: KerasSteps?,
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [GraphBuilder.Value?] {
    func joined(_ values: [GraphBuilder.Value]) throws(LoweringError) -> GraphBuilder.Value {
      values.count > 1 ? try builder.add("Concat", values, ["axis": .int(0)]) : values[0]
    }
    var packed: [KerasCell.Packed] = []
    for direction in directions {
      packed.append(try direction.cell.packed(direction.call, &builder))
    }
    var inputs: [GraphBuilder.Value?] = [
      sequence, try joined(packed.map { $0.input }), try joined(packed.map { $0.recurrent }),
    ]
    let biases = packed.compactMap { $0.bias }
    inputs.append(biases.isEmpty ? nil : try joined(biases))
    inputs.append(packing?.lengths)
    for state in 0..<directions[0].cell.kind.stateCount {
      var rows: [GraphBuilder.Value] = []
      for direction in directions where direction.states.indices.contains(state) {
        rows.append(try builder.unsqueeze(direction.states[state], [0]))
      }
      inputs.append(rows.isEmpty ? nil : try joined(rows))
    }
    while inputs.last == .some(nil) { inputs.removeLast() }
    return inputs
  }

  private static func attributes(
    _ directions: [Direction]
  ) throws(LoweringError) -> [String: Attribute] {
    let cell = directions[0].cell
    var attributes: [String: Attribute] = ["hidden_size": .int(cell.units)]
    if directions.count > 1 {
      attributes["direction"] = .string("bidirectional")
    } else if directions[0].isReverse {
      attributes["direction"] = .string("reverse")
    }
    if cell.kind == .gru, cell.resetsAfter { attributes["linear_before_reset"] = .int(1) }
    var functions: [(name: String, alpha: Float?, beta: Float?)] = []
    for direction in directions {
      guard let own = direction.cell.functions else {
        throw direction.call.malformed(
          "it has an activation that ONNX's \(cell.kind.rawValue) does not have")
      }
      functions += own
    }
    attributes["activations"] = .strings(functions.map { $0.name })
    let alphas = functions.compactMap { $0.alpha }
    let betas = functions.compactMap { $0.beta }
    if !alphas.isEmpty { attributes["activation_alpha"] = .floats(alphas) }
    if !betas.isEmpty { attributes["activation_beta"] = .floats(betas) }
    return attributes
  }
}
