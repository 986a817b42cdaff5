/// One step of a computation: an operator, what it reads, and what it gives.
public struct Node: Equatable, Sendable {
  /// Unique in its graph.
  public var name: String
  /// The operator's name.
  public var operation: String
  /// Empty for ONNX's own operators, `tlc` for ours.
  public var domain: String
  /// Names of values; empty for an optional input that is left out.
  public var inputs: [String]
  /// Names of the values that it gives; empty for an optional output that is left out.
  public var outputs: [String]
  /// By name; those left out are the operator's defaults.
  public var attributes: [String: Attribute]

  /// A node of these parts; nothing is checked.
  public init(
    _ operation: String, domain: String = "", name: String, inputs: [String], outputs: [String],
    attributes: [String: Attribute] = [:]
  ) {
    self.name = name
    self.operation = operation
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }
}
