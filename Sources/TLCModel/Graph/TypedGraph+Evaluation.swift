public import TLCCore
public import TLCKernels

extension TypedGraph {
  /// Runs the nodes in order, each operator as it stands: the plainest way there is, which other
  /// ways are held to.
  ///
  /// - Parameters:
  ///   - inputs: a tensor an input, by name.
  ///   - context: the threads that an operator may use.
  ///   - observe: is given each node and its outputs when they are computed.
  ///   - initializer: the tensor of the checkpoint of a name.
  /// - Returns: the outputs, in order.
  /// - Throws: ``GraphError`` where inputs do not fit, or elements are wrong; what `initializer`
  ///   throws.
  public func evaluate(
    _ inputs: [String: Tensor], _ context: EvaluationContext = EvaluationContext(),
    observing observe: (_ node: Node, _ outputs: [TensorView?]) -> Void = { _, _ in },
    initializer: (String) throws -> Tensor
  ) throws -> [Tensor] {
    let typed = try specialized(to: inputs.mapValues { $0.shape })
    var values: [String: TensorView] = [:]
    for input in typed.graph.inputs {
      guard let tensor = inputs[input.name], tensor.dtype == input.type.dtype else {
        throw GraphError.value(input.name, "it is \(input.type), and another type is given")
      }
      values[input.name] = TensorView(tensor)
    }
    for place in graph.initializers {
      values[place.value] = TensorView(try initializer(place.tensor))
    }
    for (name, tensor) in typed.constants { values[name] = TensorView(tensor) }
    for (node, operation) in zip(typed.graph.nodes, typed.operators) {
      let outputs = node.outputs.map { name in
        typed.types[name].flatMap { type in
          type.shape.map { TensorView(zeros: type.dtype, $0) }
        }
      }
      do throws(OperatorError) {
        try operation.evaluate(node.inputs.map { values[$0] }, into: outputs, context)
      } catch {
        throw GraphError.node(node.name, operation: node.operation, error.description)
      }
      observe(node, outputs)
      for (name, output) in zip(node.outputs, outputs) { values[name] = output }
    }
    return graph.outputs.compactMap { values[$0]?.tensor() }
  }
}
