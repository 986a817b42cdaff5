public import TLCCore
internal import TLCKernels

/// What is known of values while nodes are looked at in order.
public struct TypeInference: Sendable {
  /// The type of each value that is known, by name.
  public private(set) var types: [String: ValueType] = [:]
  /// The elements of small values that do not depend on a run's inputs.
  public private(set) var constants: [String: Tensor] = [:]

  /// Nothing is known.
  public init() {}

  /// Values of more elements are not computed before a run.
  private static let largestFoldedCount = 1 << 16

  /// Makes a value known.
  ///
  /// - Throws: ``GraphError`` where it is known already, or no tensor has its shape.
  public mutating func define(
    _ name: String, _ type: ValueType, constant: Tensor? = nil
  ) throws(GraphError) {
    guard types[name] == nil else { throw .value(name, "it is given twice") }
    guard type.isOfTensors else {
      throw .value(name, "it would be \(type), which is too large for a tensor")
    }
    types[name] = type
    constants[name] = constant
  }

  /// Makes the outputs of a node known.
  ///
  /// - Throws: ``GraphError`` where its inputs are not known, or do not fit its operator.
  public mutating func define(outputsOf node: Node, _ operation: any Operator) throws(GraphError) {
    do throws(OperatorError) {
      let inputs = try inputs(of: node)
      let outputs = try operation.infer(inputs, outputCount: node.outputs.count)
      guard outputs.count >= node.outputs.count else {
        throw OperatorError("it gives \(outputs.count) outputs, not \(node.outputs.count)")
      }
      for output in outputs where !output.isOfTensors {
        throw OperatorError("an output would be \(output), which is too large for a tensor")
      }
      let folded = try fold(operation, inputs, outputs)
      for (place, name) in node.outputs.enumerated() where !name.isEmpty {
        guard types[name] == nil else { throw OperatorError("\"\(name)\" is given twice") }
        types[name] = outputs[place]
        if let folded, place < folded.count { constants[name] = folded[place] }
      }
    } catch {
      throw .node(node.name, operation: node.operation, error.description)
    }
  }

  private func inputs(of node: Node) throws(OperatorError) -> OperatorInputs {
    var inputs: [OperatorInputs.Input?] = []
    for name in node.inputs {
      guard !name.isEmpty else {
        inputs.append(nil)
        continue
      }
      guard let type = types[name] else {
        throw OperatorError("nothing before it gives its input \"\(name)\"")
      }
      inputs.append(.init(type: type, constant: constants[name]))
    }
    let outputs = node.outputs
    return OperatorInputs(inputs) { output, axis in
      "\(outputs.indices.contains(output) ? outputs[output] : node.name).\(axis)"
    }
  }

  /// The outputs, where they can be computed before a run: from inputs that are all known, or, for
  /// operators that say so, from their shapes.
  private func fold(
    _ operation: any Operator, _ inputs: OperatorInputs, _ outputs: [ValueType]
  ) throws(OperatorError) -> [Tensor]? {
    if let shapeOperator = operation as? any ShapeOperator {
      return shapeOperator.fold(inputs).map { [$0] }
    }
    var views: [TensorView?] = []
    for index in 0..<inputs.count {
      guard let input = inputs.optional(index) else {
        views.append(nil)
        continue
      }
      guard let constant = input.constant else { return nil }
      views.append(TensorView(constant))
    }
    var results: [TensorView] = []
    for output in outputs {
      guard let shape = output.shape, shape.count <= Self.largestFoldedCount else { return nil }
      results.append(TensorView(zeros: output.dtype, shape))
    }
    try operation.evaluate(views, into: results, EvaluationContext())
    return results.map { $0.tensor() }
  }
}

/// An operator whose output depends on its input's shape alone.
protocol ShapeOperator: Operator {
  /// The output, where the shape is known.
  func fold(_ inputs: OperatorInputs) -> Tensor?
}

extension ValueType {
  /// Whether a tensor can have the rank, and the number of elements.
  fileprivate var isOfTensors: Bool {
    rank <= Shape.maximumRank && Shape(dimensions.compactMap { $0.length }) != nil
  }
}
