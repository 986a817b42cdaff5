internal import TLCCore
internal import TLCModel

/// Recurrent layers: of one cell by their class, or of the cells that they name.
struct KerasRecurrent: KerasLayer {
  static let classNames = ["RNN"] + KerasCell.classNames
  let cells: [KerasCell]
  private let isStack: Bool
  let isBackwards: Bool
  let givesSequences: Bool
  let givesStates: Bool
  private let timeIsFirst: Bool
  private let zeroesMasked: Bool

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    if fields.className == "RNN" {
      (cells, isStack) = try Self.cells(fields, context)
    } else {
      cells = [try KerasCell(fields, context)]
      isStack = false
    }
    isBackwards = try fields.flag("go_backwards", default: false)
    givesSequences = try fields.flag("return_sequences", default: false)
    givesStates = try fields.flag("return_state", default: false)
    timeIsFirst = try fields.flag("time_major", default: false)
    zeroesMasked = try fields.flag("zero_output_for_mask", default: false)
  }

  /// The cells that an `RNN` names.
  private static func cells(
    _ fields: KerasFields, _ context: KerasContext
  ) throws(LoweringError) -> (cells: [KerasCell], isStack: Bool) {
    guard let cell = fields[["cell"]] else { throw fields.malformed("\"cell\" is missing") }
    let isStack = cell["class_name"]?.text == "StackedRNNCells"
    let list = isStack ? cell["config"]?["cells"]?.elements ?? [] : cell.elements ?? [cell]
    guard !list.isEmpty else { throw fields.malformed("it has no cell") }
    var cells: [KerasCell] = []
    for json in list {
      let className = json["registered_name"]?.text ?? json["class_name"]?.text ?? ""
      guard let config = json["config"], KerasCell.classNames.contains(className),
        className.hasSuffix("Cell")
      else {
        throw .unknownLayer(
          name: fields.name, className: "RNN of the cell \"\(className.prefix(80))\"",
          advice: "there are LSTMCell, GRUCell and SimpleRNNCell")
      }
      let inner = KerasFields(
        name: fields.name, className: className, generation: fields.generation, json: config)
      cells.append(try KerasCell(inner, context))
    }
    return (cells, isStack || cell.elements != nil)
  }

  var weights: KerasWeightTree {
    guard isStack else {
      return KerasWeightTree(children: [.init(path: "cell", tree: cells[0].weights)])
    }
    var counts: [String: Int] = [:]
    return KerasWeightTree(
      children: cells.map { cell in
        let number = counts[cell.storedName, default: 0]
        counts[cell.storedName] = number + 1
        let name = "\(cell.storedName)\(number == 0 ? "" : "_\(number)")"
        return .init(path: "cell/cells/\(name)", tree: cell.weights)
      })
  }

  /// How many states it starts from.
  var stateCount: Int { cells.reduce(0) { $0 + $1.kind.stateCount } }

  /// The call of a cell.
  func call(of cell: Int, in call: KerasCall) -> KerasCall { call.child(cell, call.layer, []) }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let states = try Self.states(of: call, count: stateCount)
    var input = try call.input().value
    var mask = call.mask
    guard builder.rank(input) == 3 else {
      throw call.malformed("its input is \(builder.type(input)), not of rank 3")
    }
    if timeIsFirst {
      input = try builder.transpose(input, [1, 0, 2])
      mask = try mask.map { mask throws(LoweringError) in try builder.transpose(mask, [1, 0]) }
    }
    let result = try run(
      call, input, mask: mask, states: states, zeroesMasked: zeroesMasked, &builder)
    return try outputs(result, mask: call.mask, &builder)
  }

  /// The states that a call is given, behind its input or by name.
  static func states(
    of call: KerasCall, count: Int
  ) throws(LoweringError) -> [GraphBuilder.Value] {
    let named = call.argument(1, "initial_state")?.tensors ?? []
    let states = (Array(call.inputs.dropFirst()) + named).map { $0.value }
    guard states.isEmpty || states.count == count else {
      throw call.malformed("it is given \(states.count) states, not \(count)")
    }
    return states
  }

  /// Runs all cells, each over what the one before it gives.
  ///
  /// - Returns: what each step gives, in the order of the input's steps.
  func run(
    _ call: KerasCall, _ input: GraphBuilder.Value, mask: GraphBuilder.Value?,
    states: [GraphBuilder.Value], zeroesMasked: Bool, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> KerasRecurrence.Result {
    var rest = states[...]
    var result = KerasRecurrence.Result(sequence: input, states: [])
    for (place, cell) in cells.enumerated() {
      let own = rest.prefix(cell.kind.stateCount)
      rest = rest.dropFirst(cell.kind.stateCount)
      let direction = KerasRecurrence.Direction(
        cell: cell, call: self.call(of: place, in: call), isReverse: isBackwards,
        states: Array(own))
      let next = try KerasRecurrence.run(
        [direction], result.sequence, mask: mask, zeroesMasked: zeroesMasked, &builder)
      result = KerasRecurrence.Result(
        sequence: next[0].sequence, states: result.states + next[0].states)
    }
    return result
  }

  /// What the layer gives of what was run.
  private func outputs(
    _ result: KerasRecurrence.Result, mask: GraphBuilder.Value?, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let states = givesStates ? result.states.map { KerasTensor($0) } : []
    guard givesSequences else {
      return [KerasTensor(lastOutput(of: result))] + states
    }
    var sequence = result.sequence
    if isBackwards { sequence = try builder.reversed(sequence, axes: [1]) }
    if timeIsFirst { sequence = try builder.transpose(sequence, [1, 0, 2]) }
    return [KerasTensor(sequence, mask: mask)] + states
  }

  /// The output of the last step: the first state of the last cell.
  func lastOutput(of result: KerasRecurrence.Result) -> GraphBuilder.Value {
    result.states[result.states.count - cells[cells.count - 1].kind.stateCount]
  }
}
