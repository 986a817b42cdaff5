import TLCCore
import TLCKernels
import TLCModel

/// A graph for inputs of given shapes, with its gradients: each value has its place in memory, which
/// serves others when it is used no more.
final class TrainingPlan: Sendable {
  struct Step: Sendable {
    var node: Node
    var operation: any Operator
    var inputs: [TensorView?]
    var outputs: [TensorView?]
    var scratch: TensorView?
  }

  struct GradientWork: Sendable {
    var node: Node
    var gradient: any Gradient
    var step: GradientStep
  }

  /// In order of the graph's inputs.
  let inputs: [TensorView]
  let outputs: [TensorView]
  let steps: [Step]
  let gradients: [GradientWork]
  /// The gradient of the loss, which who asks sets.
  let lossGradient: TensorView?
  /// - Parameters:
  ///   - typed: the graph for the shapes.
  ///   - parameters: the weights.
  ///   - loss: the value whose gradients are asked for; `nil` for none.
  ///   - registry: the gradients that there are.
  ///   - threadCount: of the team that will run it.
  ///   - arena: gives memory of at least so many bytes, which the plan shares with others.
  init(
    _ typed: TypedGraph, _ parameters: ParameterStore, loss: String?, registry: GradientRegistry,
    threadCount: Int, arena: (Int) -> Storage
  ) throws(GraphError) {
    try RunMemory.require(typed.types.values)
    var types: [String: TensorType] = [:]
    for (name, type) in typed.types {
      guard let shape = type.shape else {
        throw .value(name, "its shape \(type) depends on more than the shapes of the inputs")
      }
      types[name] = TensorType(type.dtype, shape)
    }
    var memory = PlanMemory(typed, types, parameters)
    let trained = Set(
      typed.graph.initializers.filter { parameters.parameter($0.tensor) != nil }.map { $0.value })
    let flow = try loss.map { (loss) throws(GraphError) in
      try GradientFlow(typed, types, parameters: trained, loss: loss, registry: registry)
    }
    memory.place(flow, threadCount: threadCount, in: arena)
    let views = memory
    inputs = typed.graph.inputs.compactMap { views.view($0.name) }
    outputs = typed.graph.outputs.compactMap { views.view($0) }
    steps = typed.graph.nodes.enumerated().compactMap { place, node in
      guard views.computes(node) else { return nil }
      return Step(
        node: node, operation: typed.operators[place], inputs: node.inputs.map { views.view($0) },
        outputs: node.outputs.map { views.view($0) }, scratch: views.scratch(forward: place))
    }
    gradients = (flow?.steps ?? []).map { step in
      let node = typed.graph.nodes[step.place]
      return GradientWork(
        node: node, gradient: step.gradient,
        step: GradientStep(
          inputs: node.inputs.map { views.view($0) }, outputs: node.outputs.map { views.view($0) },
          outputGradients: node.outputs.map { views.gradient($0) },
          inputGradients: zip(node.inputs, step.targets).map { name, isAdding in
            guard let isAdding, let view = views.gradient(name) else { return nil }
            return GradientTarget(view: view, isAdding: isAdding)
          },
          context: EvaluationContext(scratch: views.scratch(backward: step.place))))
    }
    lossGradient = loss.flatMap { views.gradient($0) }
  }

  /// Computes the outputs.
  ///
  /// - Parameter observe: is given each node and its outputs when they are computed.
  func compute(
    _ team: Team, observing observe: (Node, [TensorView?]) throws(GraphError) -> Void = { _, _ in }
  ) throws(GraphError) {
    for step in steps {
      do throws(OperatorError) {
        try step.operation.evaluate(
          step.inputs, into: step.outputs,
          EvaluationContext(team: team, scratch: step.scratch))
      } catch {
        throw .node(step.node.name, operation: step.node.operation, error.description)
      }
      try observe(step.node, step.outputs)
    }
  }

  /// Adds gradients to those of the weights, after ``compute(_:observing:)``.
  func propagate(_ team: Team) {
    for work in gradients {
      var step = work.step
      step.context.team = team
      work.gradient.propagate(step)
    }
  }
}
