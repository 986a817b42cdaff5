import TLCCore
import TLCKernels
import TLCModel
import TLCSystem

/// A graph with its weights, made ready to be planned for any shapes of its inputs: what does not
/// depend on a run is computed, and neighbours that are faster together are one operator.
struct Program: Sendable {
  /// The nodes that a run does, in an order in which each uses only what stands before it.
  private(set) var nodes: [Node]
  /// A node's operator each.
  private(set) var operators: [any Operator]
  /// The values that no run changes: weights and constants.
  private(set) var fixed: [String: TensorView]
  /// Those of them that shapes may depend on.
  private var known: [String: Tensor]
  /// Weights that are not read yet: they are read when it is known what they are used for.
  private(set) var pending: [String: Weight]
  private(set) var inputs: [Graph.Input]
  private(set) var outputs: [String]
  /// The types of the graph's values, before a run fixes named lengths.
  let types: [String: ValueType]

  /// A tensor of the checkpoint, and its type.
  struct Weight: Sendable {
    let tensor: String
    let type: TensorType
  }

  /// - Parameter parallelism: how many threads read weights and make them ready.
  init(
    _ typed: TypedGraph, parallelism: Parallelism, weights: WeightSource
  ) throws {
    nodes = typed.graph.nodes
    operators = typed.operators
    inputs = typed.graph.inputs
    outputs = typed.graph.outputs
    types = typed.types
    known = typed.constants
    fixed = known.mapValues { TensorView($0) }
    pending = [:]
    for initializer in typed.graph.initializers {
      guard let type = typed.types[initializer.value], let shape = type.shape else { continue }
      pending[initializer.value] = Weight(
        tensor: initializer.tensor, type: TensorType(type.dtype, shape))
    }
    removeUnused()
    forgetUnused()
    try read(parallelism, weights) { $0.dtype != .f32 || $0.shape.rank != 2 }
    try fuseLookUps(parallelism, weights)
    try fuseProducts(parallelism, weights)
    removeUnused()
    forgetUnused()
    try read(parallelism, weights) { _ in true }
    try foldFixed()
    forgetUnused()
    fuseActivations()
    chainProducts()
    prepare()
    removeUnused()
    forgetUnused()
  }

  /// The type of a value that no run changes.
  func fixedType(of name: String) -> TensorType? {
    fixed[name].map { TensorType($0.dtype, $0.shape) } ?? pending[name]?.type
  }

  /// Reads those of the pending weights whose type is wanted.
  private mutating func read(
    _ parallelism: Parallelism, _ weights: WeightSource, where isWanted: (TensorType) -> Bool
  ) throws {
    let names = pending.filter { isWanted($0.value.type) }.keys.sorted()
    let tensors = Set(names.compactMap { pending[$0]?.tensor }).sorted()
    let read = try parallelism.map(tensors.count) { try weights.tensor(tensors[$0]) }
    let views = Dictionary(
      uniqueKeysWithValues: zip(tensors, read.map { TensorView(sharing: $0) }))
    for name in names {
      fixed[name] = pending.removeValue(forKey: name).flatMap { views[$0.tensor] }
    }
  }

  /// What gives some values, of other inputs; weights are those of the whole.
  ///
  /// - Parameters:
  ///   - change: is given each node, and may give another one of the same operator.
  func part(
    from inputs: [Graph.Input], to outputs: [String], _ change: (Node) -> Node = { $0 }
  ) -> Program {
    var part = self
    (part.inputs, part.outputs) = (inputs, outputs)
    let given = Set(inputs.map { $0.name })
    part.remove(Set(nodes.indices.filter { given.contains(nodes[$0].outputs[0]) }))
    part.nodes = part.nodes.map(change)
    part.removeUnused()
    part.forgetUnused()
    return part
  }

  /// The nodes that use each value, by place; an output of the graph counts as a use too.
  func uses() -> [String: [Int]] {
    var uses: [String: [Int]] = [:]
    for (place, node) in nodes.enumerated() {
      for name in Set(node.inputs) where !name.isEmpty { uses[name, default: []].append(place) }
    }
    for name in outputs { uses[name, default: []].append(nodes.count) }
    return uses
  }

  /// The node that gives a value, by place.
  func givers() -> [String: Int] {
    var givers: [String: Int] = [:]
    for (place, node) in nodes.enumerated() {
      for name in node.outputs where !name.isEmpty { givers[name] = place }
    }
    return givers
  }

  /// Puts one node in the place of another.
  mutating func replace(_ place: Int, with node: Node, _ operation: any Operator) {
    nodes[place] = node
    operators[place] = operation
  }

  /// Removes the nodes at these places.
  mutating func remove(_ places: Set<Int>) {
    nodes = nodes.enumerated().filter { !places.contains($0.offset) }.map { $0.element }
    operators = operators.enumerated().filter { !places.contains($0.offset) }.map { $0.element }
  }

  /// Removes nodes that nothing needs.
  private mutating func removeUnused() {
    var needed = Set(outputs)
    var unused: Set<Int> = []
    for (place, node) in nodes.enumerated().reversed() {
      if node.outputs.contains(where: { needed.contains($0) })
        && !node.outputs.allSatisfy({ $0.isEmpty || fixed[$0] != nil })
      {
        needed.formUnion(node.inputs)
      } else {
        unused.insert(place)
      }
    }
    remove(unused)
  }

  /// Lets go of fixed values that nothing uses.
  private mutating func forgetUnused() {
    let used = Set(nodes.flatMap { $0.inputs } + outputs)
    fixed = fixed.filter { used.contains($0.key) }
    pending = pending.filter { used.contains($0.key) }
  }

  /// Lets operators do once what they need not do in every run.
  private mutating func prepare() {
    for place in nodes.indices {
      guard let operation = operators[place] as? any PreparableOperator,
        let prepared = operation.prepared(
          nodes[place].inputs.map { fixed[$0] }, given: nodes[place].inputs.map { !$0.isEmpty })
      else { continue }
      operators[place] = prepared.operation
      for input in prepared.heldInputs { nodes[place].inputs[input] = "" }
    }
  }

  /// Computes what depends on weights alone.
  private mutating func foldFixed() throws {
    var folded: Set<Int> = []
    for (place, node) in nodes.enumerated()
    where node.inputs.allSatisfy({ $0.isEmpty || fixed[$0] != nil }) {
      let inference = try inference(of: [place], TypeInference())
      let outputs = node.outputs.map { name in
        inference.types[name].flatMap { type in
          type.shape.map { TensorView(zeros: type.dtype, $0) }
        }
      }
      do throws(OperatorError) {
        try operators[place].evaluate(
          node.inputs.map { fixed[$0] }, into: outputs, EvaluationContext())
      } catch {
        throw GraphError.node(node.name, operation: node.operation, error.description)
      }
      for (name, output) in zip(node.outputs, outputs) where !name.isEmpty {
        fixed[name] = output
        known[name] = inference.constants[name]
      }
      folded.insert(place)
    }
    remove(folded)
  }

  /// The types of all values, for inputs of given shapes.
  func types(for shapes: [String: Shape]) throws(GraphError) -> TypeInference {
    var inference = TypeInference()
    for (input, type) in zip(inputs, try inputs.types(for: shapes)) {
      try inference.define(input.name, type)
    }
    return try self.inference(of: nodes.indices, inference)
  }

  /// What nodes give, after what they are given that no run changes.
  private func inference(
    of places: some Sequence<Int>, _ start: TypeInference
  ) throws(GraphError) -> TypeInference {
    var inference = start
    for place in places {
      for name in nodes[place].inputs where inference.types[name] == nil {
        guard let view = fixed[name] else { continue }
        try inference.define(
          name, ValueType(view.dtype, view.shape), constant: known[name])
      }
      try inference.define(outputsOf: nodes[place], operators[place])
    }
    return inference
  }
}
