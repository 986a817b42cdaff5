import TLCCompress
import TLCCore
import TLCModel

/// Which tensors of a graph are factors of products, by what inputs they are multiplied, and which are
/// tables that rows are looked up in.
struct CalibrationPlan {
  /// One way that a tensor is used.
  struct Use {
    var tensor: String
    var inputs: ProductInputs
    var width: Int
    var use: FactorUse
  }

  /// In order of nodes.
  private(set) var uses: [Use] = []
  /// Tables, and the values that say which of their rows are looked up.
  private(set) var lookUps: [(tensor: String, indices: String)] = []
  /// Tensors of products that are not calibrated, and why.
  private(set) var leftOut: [String: String] = [:]
  /// By matrix, the tensor that is added to what it gives, where neither has another use.
  private(set) var biases: [String: String] = [:]
  /// The graph, with the states of recurrent nodes given names.
  private(set) var graph: Graph

  private let typed: TypedGraph
  private var elements: FactorElements

  /// - Parameters:
  ///   - typed: the graph.
  ///   - target: the tensor that a name stands for.
  ///   - wanted: whether a tensor is looked at.
  init(_ typed: TypedGraph, target: (String) -> String, wanted: (String) -> Bool) {
    self.typed = typed
    graph = typed.graph
    elements = FactorElements(typed, target: target)
    for place in typed.graph.nodes.indices { look(at: place) }
    findBiases()
    uses.removeAll { !wanted($0.tensor) }
    lookUps.removeAll { !wanted($0.tensor) }
    leftOut = leftOut.filter { wanted($0.key) }
    for use in uses { leftOut[use.tensor] = nil }
    // Numbers of all elements are of no use any more.
    elements = FactorElements(typed, target: target)
  }

  /// The values of a run that are looked at, in order.
  var values: [String] {
    var seen: Set<String> = []
    let all = uses.flatMap { $0.inputs.values } + lookUps.map { $0.indices }
    return all.filter { seen.insert($0).inserted }
  }

  /// Finds what is added to products, and to nothing else.
  private mutating func findBiases() {
    var users: [String: [Int]] = [:]
    for (place, node) in typed.graph.nodes.enumerated() {
      for name in node.inputs where !name.isEmpty { users[name, default: []].append(place) }
    }
    for name in typed.graph.outputs { users[name, default: []].append(-1) }
    func isOnce(_ value: String) -> Bool { users[value]?.count == 1 }
    for (place, node) in typed.graph.nodes.enumerated() where node.inputs.count > 1 {
      var added: String?
      switch typed.operators[place] {
      case is MatMul:
        guard isOnce(node.outputs[0]), let next = users[node.outputs[0]]?.first, next >= 0,
          typed.graph.nodes[next].operation == "Add"
        else { continue }
        added = typed.graph.nodes[next].inputs.first { $0 != node.outputs[0] }
      case let gemm as Gemm:
        if gemm.alpha == 1, gemm.beta == 1, node.inputs.count > 2 { added = node.inputs[2] }
      case is Conv: if node.inputs.count > 2 { added = node.inputs[2] }
      default: continue
      }
      guard let added, isOnce(added), isOnce(node.inputs[1]),
        let matrix = elements.whole(node.inputs[1]), let bias = elements.whole(added),
        typed.types[added]?.rank == 1
      else { continue }
      let its = uses.filter { $0.tensor == matrix.tensor }
      guard its.count == 1, its[0].use.isWhole, bias.count * its[0].width == matrix.count else {
        continue
      }
      biases[matrix.tensor] = bias.tensor
    }
  }

  private mutating func look(at place: Int) {
    let node = typed.graph.nodes[place]
    switch typed.operators[place] {
    case is MatMul:
      note(
        node.inputs[0], "it is the left factor of \(node.name), and calibration takes right ones")
      guard let shape = typed.types[node.inputs[1]]?.shape else { return }
      guard shape.rank == 2 else {
        return note(node.inputs[1], "\(node.name) has it as more than one matrix")
      }
      let lengths = shape.dimensions
      add(
        node.inputs[1], .rows(value: node.inputs[0]), outputs: (lengths[1], 1),
        (lengths[0], lengths[1]))
    case let gemm as Gemm:
      note(
        node.inputs[0], "it is the left factor of \(node.name), and calibration takes right ones")
      guard let lengths = typed.types[node.inputs[1]]?.shape?.dimensions else { return }
      let inputs: ProductInputs =
        gemm.isLeftTransposed ? .columns(value: node.inputs[0]) : .rows(value: node.inputs[0])
      if gemm.isRightTransposed {
        add(node.inputs[1], inputs, outputs: (lengths[0], lengths[1]), (lengths[1], 1))
      } else {
        add(node.inputs[1], inputs, outputs: (lengths[1], 1), (lengths[0], lengths[1]))
      }
    case let convolution as Conv:
      guard let weights = typed.types[node.inputs[1]]?.shape else { return }
      guard convolution.groupCount == 1 else {
        return note(
          node.inputs[1], "\(node.name) is a convolution in \(convolution.groupCount) groups")
      }
      let depth = weights.dimensions.dropFirst().reduce(1, *)
      add(
        node.inputs[1], .windows(value: node.inputs[0], node: place),
        outputs: (weights.dimensions[0], depth), (depth, 1))
    case let convolution as ConvTranspose:
      guard let weights = typed.types[node.inputs[1]]?.shape else { return }
      guard convolution.groupCount == 1 else {
        return note(
          node.inputs[1], "\(node.name) is a convolution in \(convolution.groupCount) groups")
      }
      let filters = weights.dimensions.dropFirst().reduce(1, *)
      add(
        node.inputs[1], .channels(value: node.inputs[0]), outputs: (filters, 1),
        (weights.dimensions[0], filters))
    case is LSTM, is GRU, is RNN: look(atRecurrent: place)
    case is Gather:
      guard node.attributes["axis"].map({ $0 == .int(0) }) ?? true,
        let numbers = elements.numbers(of: node.inputs[0]),
        let source = numbers.first.flatMap({ elements.source(of: $0) }),
        numbers.count == source.count,
        numbers.enumerated().allSatisfy({ Int($0.element) == source.first + $0.offset })
      else { return }
      lookUps.append((source.tensor, node.inputs[1]))
    default: break
    }
  }

  private mutating func look(atRecurrent place: Int) {
    let node = typed.graph.nodes[place]
    guard let weights = typed.types[node.inputs[1]]?.shape?.dimensions,
      let hidden = typed.types[node.inputs[2]]?.shape?.dimensions
    else { return }
    add(
      node.inputs[1], .rows(value: node.inputs[0]), outputs: (weights[0] * weights[1], weights[2]),
      (weights[2], 1))
    var outputs = node.outputs
    if outputs.isEmpty { outputs.append("") }
    if outputs[0].isEmpty { outputs[0] = "calibrated states of \(node.name)" }
    graph.nodes[place].outputs = outputs
    func input(_ place: Int) -> String { place < node.inputs.count ? node.inputs[place] : "" }
    for direction in 0..<hidden[0] {
      add(
        node.inputs[2],
        .states(
          value: outputs[0], first: input(5), lengths: input(4), node: place, direction: direction),
        outputs: (hidden[1], hidden[2]), (hidden[2], 1), first: direction * hidden[1] * hidden[2])
    }
  }

  /// Takes a value as a factor, if it is made of tensors.
  private mutating func add(
    _ value: String, _ inputs: ProductInputs, outputs: (count: Int, stride: Int),
    _ inputAxis: (count: Int, stride: Int), first: Int = 0
  ) {
    guard let numbers = elements.numbers(of: value) else { return }
    let factor = Factor(
      numbers: numbers, outputCount: outputs.count, inputCount: inputAxis.count,
      outputStride: outputs.stride, inputStride: inputAxis.stride, first: first)
    for (tensor, use) in FactorUse.uses(of: factor, in: elements) {
      guard let use else {
        leftOut[tensor] =
          "a product takes it neither with its first axes as inputs nor with its last"
        continue
      }
      uses.append(Use(tensor: tensor, inputs: inputs, width: inputAxis.count, use: use))
    }
  }

  /// Says why the tensors that a value is made of are left out.
  private mutating func note(_ value: String, _ why: String) {
    guard let numbers = elements.numbers(of: value), let first = numbers.first,
      let source = elements.source(of: first)
    else { return }
    leftOut[source.tensor] = why
  }
}
