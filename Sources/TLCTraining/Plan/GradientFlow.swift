import TLCCore
import TLCKernels
import TLCModel

/// Where gradients flow in a graph, and when memory is used: nodes are computed at moments 0, 1, …,
/// and their gradients afterwards, from the last node to the first.
struct GradientFlow {
  /// A node through which gradients flow.
  struct Step {
    var place: Int
    var gradient: any Gradient
    /// For each input, whether a gradient flows to it, and whether it is added to one that is there.
    var targets: [Bool?]
  }

  /// From the last node to the first.
  private(set) var steps: [Step] = []
  /// Values that have a gradient with memory of their own: those of weights have it elsewhere.
  private(set) var order: [String] = []
  /// The moments at which a gradient is used.
  private(set) var moments: [String: ClosedRange<Int>] = [:]
  /// The value whose gradient a value's gradient is: what is the same elements with another shape.
  private(set) var owners: [String: String] = [:]

  /// - Throws: `GraphError` where gradients would flow through an operator, or to an input of one, that
  ///   has none.
  init(
    _ typed: TypedGraph, _ types: [String: TensorType], parameters: Set<String>, loss: String,
    registry: GradientRegistry
  ) throws(GraphError) {
    let nodes = typed.graph.nodes
    let reached = Self.reached(nodes, from: parameters, types)
    guard reached.contains(loss) else {
      throw .value(loss, "it depends on no weight, so that nothing is learnt from it")
    }
    for node in nodes where MemoryViews.contains(node) && reached.contains(node.inputs[0]) {
      owners[node.outputs[0]] = owner(of: node.inputs[0])
    }
    var first: [String: Int] = [loss: nodes.count]
    order = [loss]
    for (place, node) in nodes.enumerated().reversed() {
      let moment = 2 * nodes.count - place
      guard node.outputs.contains(where: { first[owner(of: $0)] != nil }) else { continue }
      if owners[node.outputs[0]] != nil { continue }
      guard let gradient = try registry.make(node) else {
        throw .node(
          node.name, operation: node.operation, "gradients would flow through it, and it has none")
      }
      do throws(OperatorError) {
        try gradient.require(node.inputs.map { types[$0] })
      } catch {
        throw .node(node.name, operation: node.operation, error.description)
      }
      for name in node.outputs where first[owner(of: name)] != nil {
        extend(owner(of: name), from: first[owner(of: name)] ?? moment, to: moment)
      }
      var targets: [Bool?] = []
      for (index, name) in node.inputs.enumerated() {
        guard reached.contains(name), types[name]?.dtype == .f32 else {
          targets.append(nil)
          continue
        }
        guard !gradient.constants.contains(index) else {
          throw .node(
            node.name, operation: node.operation,
            "its input \(index) depends on a weight, and it has no gradient of that")
        }
        let owner = owner(of: name)
        guard !parameters.contains(owner) else {
          targets.append(true)
          continue
        }
        targets.append(first[owner] != nil)
        if first[owner] == nil {
          first[owner] = moment
          order.append(owner)
        }
        extend(owner, from: first[owner] ?? moment, to: moment)
      }
      steps.append(Step(place: place, gradient: gradient, targets: targets))
    }
  }

  /// The value whose gradient a value's gradient is.
  func owner(of name: String) -> String { owners[name] ?? name }

  private mutating func extend(_ name: String, from first: Int, to last: Int) {
    let known = moments[name] ?? first...first
    moments[name] = min(known.lowerBound, first)...max(known.upperBound, last)
  }

  /// Values of `f32` that depend on weights.
  private static func reached(
    _ nodes: [Node], from parameters: Set<String>, _ types: [String: TensorType]
  ) -> Set<String> {
    var reached = parameters
    for node in nodes where node.inputs.contains(where: { reached.contains($0) }) {
      for name in node.outputs where types[name]?.dtype == .f32 { reached.insert(name) }
    }
    return reached
  }
}

/// Operators whose output is their input with another shape, and so the same memory.
enum MemoryViews {
  private static let operations: Set<String> = [
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity",
  ]

  static func contains(_ node: Node) -> Bool {
    node.domain.isEmpty && operations.contains(node.operation)
  }
}
