internal import TLCCore

/// The operators that a program knows.
public struct OperatorRegistry: Sendable {
  /// The operators; of several of one domain and name, the first counts.
  public let all: [any Operator.Type]

  /// These operators.
  public init(_ all: [any Operator.Type]) { self.all = all }

  /// These and one more.
  public func adding(_ type: any Operator.Type) -> OperatorRegistry {
    OperatorRegistry(all + [type])
  }

  /// The operator of a name in a domain; `nil` where there is none.
  public subscript(domain: String, name: String) -> (any Operator.Type)? {
    all.first { $0.name == name && $0.domain == domain }
  }

  /// The operator of a node, with its attributes.
  ///
  /// - Throws: ``GraphError`` where there is no such operator, or it does not take them.
  func make(_ node: Node) throws(GraphError) -> any Operator {
    guard let type = self[node.domain, node.operation] else {
      throw .node(
        node.name, operation: node.operation,
        "there is no such operator" + (node.domain.isEmpty ? "" : " in domain \"\(node.domain)\""))
    }
    do throws(OperatorError) {
      guard type.inputCounts.contains(node.inputs.count) else {
        throw OperatorError("it has \(node.inputs.count) inputs, not \(type.inputCounts.listed)")
      }
      guard type.outputCounts.contains(node.outputs.count) else {
        throw OperatorError("it has \(node.outputs.count) outputs, not \(type.outputCounts.listed)")
      }
      var attributes = Attributes(node.attributes)
      let operation = try type.init(&attributes)
      try attributes.finish()
      return operation
    } catch {
      throw .node(node.name, operation: node.operation, error.description)
    }
  }
}

extension ClosedRange<Int> {
  fileprivate var listed: String {
    lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)"
  }
}
