internal import TLCCore
internal import TLCModel

extension KerasCell {
  /// ONNX's inputs W, R and B of one direction.
  struct Packed {
    /// `[1, gates · units, features]`.
    var input: GraphBuilder.Value
    /// `[1, gates · units, units]`.
    var recurrent: GraphBuilder.Value
    /// `[1, 2 · gates · units]`.
    var bias: GraphBuilder.Value?
  }

  func packed(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> Packed {
    var matrices: [GraphBuilder.Value] = []
    for (role, letter) in [("kernel", "W"), ("recurrent kernel", "U")] {
      let columns: GraphBuilder.Value
      switch storage {
      case .apart:
        columns = try joined(letter, axis: 1, call, &builder)
      case .joined:
        let stored = try matrix(role, call, &builder)
        columns = try reordered(stored, axis: 1, kind.order, &builder)
      case .cuDNN:
        let stored = try matrix(role, call, &builder)
        matrices.append(try cuDNNRows(stored, &builder))
        continue
      }
      matrices.append(try builder.transpose(columns, [1, 0]))
    }
    return Packed(
      input: try builder.unsqueeze(matrices[0], [0]),
      recurrent: try builder.unsqueeze(matrices[1], [0]),
      bias: try bias(call, &builder))
  }

  /// The biases of all gates behind the input's product, and then behind the state's.
  private func bias(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value? {
    guard hasBias else { return nil }
    let stored =
      isApart
      ? try joined("b", axis: 0, call, &builder)
      : try builder.reshape(try builder.weight("bias", call), [-1])
    let gateCount = kind.order.count
    let count = builder.lengths(stored).first ?? 0
    guard [gateCount * units, 2 * gateCount * units].contains(count) else {
      throw call.malformed(
        "its bias has \(count) numbers, not one or two for each of \(gateCount) gates"
          + " and \(units) units")
    }
    let isWhole = count > gateCount * units
    var ordered = stored
    if !isApart {
      let order = kind.order + (isWhole ? kind.order.map { $0 + gateCount } : [])
      ordered = try reordered(stored, axis: 0, order, &builder)
    }
    if !isWhole {
      let zeros = try builder.filled(0, [count])
      ordered = try builder.add("Concat", [ordered, zeros], ["axis": .int(0)])
    }
    return try builder.unsqueeze(ordered, [0])
  }

  private var isApart: Bool { if case .apart = storage { true } else { false } }

  /// A matrix of all gates side by side.
  private func matrix(
    _ role: String, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let stored = try builder.weight(role, call, rank: 2)
    guard builder.lengths(stored)[1] == kind.order.count * units else {
      throw call.malformed(
        "its \(role) is \(builder.type(stored)), not of \(kind.order.count) gates of \(units)"
          + " units")
    }
    return stored
  }

  /// Parts of equal length in another order.
  private func reordered(
    _ value: GraphBuilder.Value, axis: Int, _ order: [Int], _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    guard order != Array(order.indices) else { return value }
    let parts = try builder.nodes(
      "Split", [value], ["axis": .int(axis), "num_outputs": .int(order.count)],
      outputCount: order.count)
    return try builder.add("Concat", order.map { parts[$0] }, ["axis": .int(axis)])
  }

  /// The matrices of the gates, which are stored apart, side by side in ONNX's order.
  private func joined(
    _ letter: String, axis: Int, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    var parts: [GraphBuilder.Value] = []
    for gate in kind == .lstm ? ["i", "o", "f", "c"] : ["z", "r", "h"] {
      parts.append(try builder.weight("\(letter) \(gate)", call, rank: axis + 1))
    }
    return try builder.add("Concat", parts, ["axis": .int(axis)])
  }

  /// The rows of all gates in ONNX's order, of a matrix whose gates are in memory as cuDNN has
  /// them.
  private func cuDNNRows(
    _ stored: GraphBuilder.Value, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let gates = kind.order.count
    let parts = try builder.nodes(
      "Split", [stored], ["axis": .int(1), "num_outputs": .int(gates)], outputCount: gates)
    var rows: [GraphBuilder.Value] = []
    for gate in kind.order { rows.append(try builder.reshape(parts[gate], [units, -1])) }
    return try builder.add("Concat", rows, ["axis": .int(0)])
  }
}
