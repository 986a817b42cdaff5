/// The operators that a program knows.
public struct OperatorRegistry: Sendable {
  public let all: [any Operator.Type]

  public init(_ all: [any Operator.Type]) { self.all = all }

  /// These and one more.
  public func adding(_ type: any Operator.Type) -> OperatorRegistry {
    OperatorRegistry(all + [type])
  }

  public subscript(domain: String, name: String) -> (any Operator.Type)? {
    all.first { $0.name == name && $0.domain == domain }
  }
}
