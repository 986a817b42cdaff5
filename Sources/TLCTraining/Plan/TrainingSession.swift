public import TLCCore
internal import TLCKernels
public import TLCModel

/// Runs a graph and its gradients on weights that change.
///
/// Memory is planned once for each set of shapes of inputs, and used again by every run: it is that of
/// the largest. One run goes on at a time.
public final class TrainingSession {
  /// The weights, and the sums of their gradients.
  public let parameters: ParameterStore
  /// The value whose gradients are asked for.
  public let loss: String?
  private let typed: TypedGraph
  private let registry: GradientRegistry
  private let team: Team
  private var plans: [Key: TrainingPlan] = [:]
  /// The memory that all plans share.
  private var arena = Storage(byteCount: 0)

  private struct Key: Hashable {
    var shapes: [[Int]]
    var hasGradients: Bool
  }

  /// Plans of more sets of shapes are not kept.
  private static let greatestPlanCount = 16

  /// Makes a graph ready.
  ///
  /// - Parameters:
  ///   - graph: of ONNX's operators and those of ``TrainingOperators``.
  ///   - parameters: the tensors that its initializers name.
  ///   - loss: the output, a single `f32`, whose gradients are asked for; `nil` for none.
  ///   - registry: the gradients that there are.
  ///   - threadCount: the threads to use; the bits do not depend on them.
  /// - Throws: `GraphError` where the graph has no meaning, or training does not take an operator.
  public init(
    _ graph: Graph, _ parameters: ParameterStore, loss: String? = nil,
    registry: GradientRegistry = .standard, threadCount: Int
  ) throws(GraphError) {
    func type(_ name: String) -> ValueType? {
      if let parameter = parameters.parameter(name) { return ValueType(.f32, parameter.shape) }
      return parameters.fixed[name].map { ValueType($0.dtype, $0.shape) }
    }
    let given = try TypedGraph(graph, registry: TrainingOperators.registry, tensor: type)
    typed = try TypedGraph(
      try TrainingGraph(given).graph, registry: TrainingOperators.registry, tensor: type)
    if let loss {
      guard typed.graph.outputs.contains(loss), typed.types[loss] == ValueType(.f32, Shape.scalar)
      else { throw .value(loss, "it is no output that is a single f32, as a loss is") }
    }
    self.parameters = parameters
    self.loss = loss
    self.registry = registry
    team = Team(threadCount: threadCount)
  }

  /// What a run is given, in order.
  public var inputs: [Graph.Input] { typed.graph.inputs }

  /// The operators of the nodes as training computes them, in order.
  public var operations: [String] { typed.graph.nodes.map { $0.operation } }

  /// The bytes of memory of activations and their gradients, weights not counted.
  public var planByteCount: Int { arena.byteCount }

  /// Runs the graph.
  ///
  /// - Parameters:
  ///   - inputs: a tensor an input, by name.
  ///   - factor: what gradients of the loss are multiplied by, before they are added to those of the
  ///     parameters; `nil` for none.
  /// - Returns: the outputs, in order.
  /// - Throws: `GraphError` where inputs do not fit, or elements are wrong.
  @discardableResult public func run(
    _ inputs: [String: Tensor], addingGradientsTimes factor: Float? = nil
  ) throws(GraphError) -> [Tensor] {
    let plan = try prepare(inputs, gradients: factor != nil && loss != nil)
    try plan.compute(team)
    let outputs = plan.outputs.map { $0.tensor() }
    if let factor, let gradient = plan.lossGradient {
      gradient.floats[0] = factor
      plan.propagate(team)
    }
    return outputs
  }

  /// The name of the first value of a run, in order of nodes, that has an element which is no finite
  /// number; `nil` where there is none.
  public func firstNonFinite(_ inputs: [String: Tensor]) throws(GraphError) -> String? {
    for parameter in parameters.parameters
    where !TrainingKernels.isFinite(parameters.values, in: parameter.range) {
      return parameter.name
    }
    let plan = try prepare(inputs, gradients: false)
    var found: String?
    try plan.compute(team) { (node, outputs) throws(GraphError) in
      guard found == nil else { return }
      for (name, output) in zip(node.outputs, outputs) {
        guard let output, output.dtype == .f32 else { continue }
        if !TrainingKernels.isFinite(output.floats, in: output.floats.indices) {
          found = name
          return
        }
      }
    }
    return found
  }

  private func prepare(
    _ inputs: [String: Tensor], gradients: Bool
  ) throws(GraphError) -> TrainingPlan {
    var shapes: [[Int]] = []
    for input in typed.graph.inputs {
      guard let tensor = inputs[input.name], tensor.dtype == input.type.dtype else {
        throw .value(input.name, "it is \(input.type), and no such tensor is given")
      }
      shapes.append(tensor.shape.dimensions)
    }
    let key = Key(shapes: shapes, hasGradients: gradients)
    let plan: TrainingPlan
    if let known = plans[key] {
      plan = known
    } else {
      if plans.count >= Self.greatestPlanCount { plans = [:] }
      plan = try TrainingPlan(
        try typed.specialized(to: inputs.mapValues { $0.shape }), parameters,
        loss: gradients ? loss : nil, registry: registry, threadCount: team.threadCount
      ) { byteCount in
        if byteCount > arena.byteCount {
          // Plans of less memory are made again when they are asked for, in this one.
          plans = [:]
          arena = Storage(byteCount: byteCount)
        }
        return arena
      }
      plans[key] = plan
    }
    for (input, view) in zip(typed.graph.inputs, plan.inputs) {
      if let tensor = inputs[input.name] { view.set(tensor) }
    }
    return plan
  }
}
