/// Why a graph has no meaning, or a run of it cannot go on.
public enum GraphError: Error, Equatable, Sendable {
  /// A node is wrong: its name, its operator, and what is so against what is asked.
  case node(String, operation: String, String)
  /// A value is wrong.
  case value(String, String)
  /// The graph is wrong at a place that is neither.
  case malformed(String)
}

extension GraphError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .node(let name, let operation, let what): "node \"\(name)\" (\(operation)): \(what)"
    case .value(let name, let what): "value \"\(name)\": \(what)"
    case .malformed(let what): "graph: \(what)"
    }
  }
}

/// What an operator finds wrong with its attributes or its inputs; who calls it knows the node.
public struct OperatorError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  /// - Parameter description: a sentence without a full stop: what is so, against what is asked.
  public init(_ description: String) { self.description = description }
}
