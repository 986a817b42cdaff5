internal import TLCCore
internal import TLCKernels

/// What `RNN`, `GRU` and `LSTM` share: their inputs are the sequence, the weights of the input and
/// of the state, biases, lengths, and first states.
public struct RecurrentLayer: Sendable {
  enum Kind: Sendable {
    case plain
    case gated(resetsProduct: Bool)
    case longShortTerm(couplesForget: Bool)
  }

  /// Weights that are packed once, and the types of the inputs that they were.
  struct Held: Sendable {
    var weights: RecurrentWeights
    var inputBiases: Elements<Float>?
    var types: [Int: TensorType]
  }

  let kind: Kind
  let attributes: RecurrentAttributes
  private(set) var held: Held?

  init(_ kind: Kind, _ attributes: RecurrentAttributes) {
    self.kind = kind
    self.attributes = attributes
  }

  var gateCount: Int {
    switch kind {
    case .plain: 1
    case .gated: 3
    case .longShortTerm: 4
    }
  }

  private var hasCell: Bool { if case .longShortTerm = kind { true } else { false } }

  /// Whether the second bias of the last gate stays apart from the first.
  private var dividesBias: Bool { if case .gated(true) = kind { true } else { false } }

  private var places: (weights: Int, hidden: Int, bias: Int, peephole: Int) { (1, 2, 3, 7) }

  func infer(_ given: OperatorInputs) throws(OperatorError) -> [ValueType] {
    let inputs = given.replacing(
      (held?.types ?? [:]).mapValues { ValueType($0.dtype, $0.shape) })
    let (x, weights) = (try inputs[0], try inputs[1])
    try x.requireComputedAsFloat()
    guard x.rank == 3, let shape = weights.shape, shape.rank == 3 else {
      throw OperatorError("its inputs are \(x) and \(weights), not of three axes, weights known")
    }
    let (count, rest) = shape.dimensions[1].quotientAndRemainder(dividingBy: gateCount)
    guard rest == 0, count > 0, attributes.hiddenSize ?? count == count else {
      throw OperatorError(
        "its weights are \(weights), and \"hidden_size\" of \(gateCount) gates is "
          + (attributes.hiddenSize.map { "\($0)" } ?? "from 1"))
    }
    let directions = Dimension(attributes.directionCount)
    let gates = Dimension(shape.dimensions[1])
    let hidden = Dimension(count)
    let (steps, batch) = (
      x.dimensions[attributes.isBatchFirst ? 1 : 0], x.dimensions[attributes.isBatchFirst ? 0 : 1]
    )
    let state =
      attributes.isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
    let doubled = Dimension(2 * shape.dimensions[1])
    let wanted: [(place: Int, dimensions: [Dimension])] = [
      (1, [directions, gates, x.dimensions[2]]), (2, [directions, gates, hidden]),
      (3, [directions, doubled]), (4, [batch]), (5, state), (6, state),
      (7, [directions, Dimension(3 * count)]),
    ]
    for (place, dimensions) in wanted {
      guard let input = inputs.optional(place)?.type else {
        guard place > 2 else { throw OperatorError("input \(place) is missing") }
        continue
      }
      let type = ValueType(place == 4 ? .i32 : x.dtype, dimensions)
      guard input == type else { throw OperatorError("input \(place) is \(input), not \(type)") }
    }
    let all =
      attributes.isBatchFirst
      ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]
    let last = ValueType(x.dtype, state)
    return [ValueType(x.dtype, all), last] + (hasCell ? [last] : [])
  }

  private func sizes(_ input: Shape, _ weights: Shape, threadCount: Int) -> RecurrentSizes {
    RecurrentSizes(
      attributes, input: input, weights: weights, gateCount: gateCount,
      hiddenColumns: { size in
        if case .gated(false) = kind { [2 * size, size] } else { [gateCount * size] }
      }, threadCount: threadCount)
  }

  func scratchByteCount(
    _ inputs: [TensorType?], _ outputs: [TensorType?], threadCount: Int
  ) -> Int {
    guard let x = inputs[0], let weights = held?.types[1] ?? inputs[1] else { return 0 }
    let sizes = sizes(x.shape, weights.shape, threadCount: threadCount)
    let copies = FloatTensor.copiedCount(inputs + outputs).reduce(0) { $0 + ($1 + 15) / 16 * 16 }
    return Scratch.byteCount(
      floats: copies, held == nil ? sizes.packedCount * sizes.directionCount : 0,
      held == nil ? sizes.gateSize * sizes.directionCount : 0,
      sizes.partCount * sizes.chunkCount * sizes.directionCount)
  }

  func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    func input(_ place: Int) -> TensorView? { inputs.indices.contains(place) ? inputs[place] : nil }
    guard let x = inputs[0], let shape = held?.types[1]?.shape ?? input(1)?.shape else { return }
    let sizes = sizes(x.shape, shape, threadCount: context.team.threadCount)
    var scratch = Scratch(context)
    let held =
      held
      ?? hold(inputs, sizes, &scratch)
    guard let held else { return }
    let results = (0..<3).map { place -> FloatTensor? in
      guard outputs.indices.contains(place), let view = outputs[place] else { return nil }
      return FloatTensor(writing: view, &scratch)
    }
    let recurrence = Recurrence(
      attributes: attributes, sizes: sizes, weights: held.weights,
      inputs: FloatTensor(reading: x, &scratch).elements,
      lengths: try lengths(input(4), sizes),
      firstHidden: input(5).map { FloatTensor(reading: $0, &scratch).elements },
      firstCell: input(6).map { FloatTensor(reading: $0, &scratch).elements },
      outputs: (results[0]?.elements, results[1]?.elements, results[2]?.elements),
      inputBiases: held.inputBiases)
    let memory = scratch.floats(sizes.partCount * sizes.chunkCount * sizes.directionCount)
    switch kind {
    case .plain:
      recurrence.run(PlainCell(attributes: attributes), in: memory, team: context.team)
    case .gated(let resetsProduct):
      recurrence.run(
        GatedCell(attributes: attributes, resetsProduct: resetsProduct), in: memory,
        team: context.team)
    case .longShortTerm(let couplesForget):
      recurrence.run(
        LongShortTermCell(attributes: attributes, couplesForget: couplesForget), in: memory,
        team: context.team)
    }
    for result in results { result?.finish() }
  }

  private func lengths(
    _ view: TensorView?, _ sizes: RecurrentSizes
  ) throws(OperatorError) -> [Int]? {
    guard let elements = view?.elements(of: Int32.self) else { return nil }
    let lengths = elements.indices.map { Int(elements[$0]) }
    if let wrong = lengths.first(where: { $0 < 0 || $0 > sizes.stepCount }) {
      throw OperatorError("a length is \(wrong), not 0 to \(sizes.stepCount)")
    }
    return lengths
  }

  /// Packs the weights; `nil` where they are not given.
  private func hold(
    _ inputs: [TensorView?], _ sizes: RecurrentSizes, _ scratch: inout Scratch
  ) -> Held? {
    func floats(_ place: Int) -> Elements<Float>? {
      guard inputs.indices.contains(place), let view = inputs[place] else { return nil }
      return FloatTensor(reading: view, &scratch).elements
    }
    guard let input = floats(1), let hidden = floats(2) else { return nil }
    let biases = floats(3)
    let weights = RecurrentWeights(
      sizes, input: input, hidden: hidden, biases: biases, peepholes: floats(7),
      in: scratch.floats(sizes.packedCount * sizes.directionCount))
    let sums = biases.map { biases in
      let sums = scratch.floats(sizes.gateSize * sizes.directionCount)
      let apart = dividesBias ? sizes.gateSize - sizes.hiddenSize : sizes.gateSize
      for direction in 0..<sizes.directionCount {
        let (first, start) = (direction * sizes.gateSize, 2 * direction * sizes.gateSize)
        for i in 0..<sizes.gateSize {
          sums[first + i] =
            i < apart
            ? biases[start + i] + biases[start + sizes.gateSize + i] : biases[start + i]
        }
      }
      return sums
    }
    return Held(weights: weights, inputBiases: sums, types: [:])
  }

  /// The same with weights packed once, and the places of inputs that it then needs no more; `nil`
  /// where some of them are not fixed.
  func holding(
    _ fixed: [TensorView?], given: [Bool]
  ) -> (layer: RecurrentLayer, places: Set<Int>)? {
    let places = Set([1, 2, 3, 7].filter { given.indices.contains($0) && given[$0] })
    guard held == nil, places.allSatisfy({ fixed[$0] != nil }), let weights = fixed[1]?.shape,
      weights.rank == 3, let input = Shape([1, 1, weights.dimensions[2]])
    else { return nil }
    var scratch = Scratch(EvaluationContext())
    var layer = self
    layer.held = hold(fixed, sizes(input, weights, threadCount: 1), &scratch)
    for place in places {
      layer.held?.types[place] = fixed[place].map { TensorType($0.dtype, $0.shape) }
    }
    return (layer, places)
  }
}
