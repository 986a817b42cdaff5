internal import TLCModel

/// The gradients that a program knows.
public struct GradientRegistry: Sendable {
  /// The gradients; of several of one operator, the first counts.
  public let all: [any Gradient.Type]

  /// These gradients.
  public init(_ all: [any Gradient.Type]) { self.all = all }

  /// These and one more.
  public func adding(_ type: any Gradient.Type) -> GradientRegistry {
    GradientRegistry(all + [type])
  }

  /// The gradient of a node; `nil` where its operator has none.
  ///
  /// - Throws: `GraphError` where the gradient does not take the node's attributes.
  func make(_ node: Node) throws(GraphError) -> (any Gradient)? {
    let found = all.first { $0.operation == node.operation && $0.domain == node.domain }
    guard let type = found else { return nil }
    do throws(OperatorError) {
      var attributes = Attributes(node.attributes)
      return try type.init(&attributes)
    } catch {
      throw .node(node.name, operation: node.operation, error.description)
    }
  }
}
