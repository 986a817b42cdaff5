public import TLCCore

/// A computation in ONNX's operators: `formats/graph.md`.
///
/// Nodes stand in an order in which each uses only what stands before it.
public struct Graph: Equatable, Sendable {
  /// What a run is given.
  public struct Input: Hashable, Sendable {
    public var name: String
    public var type: ValueType

    public init(name: String, type: ValueType) {
      self.name = name
      self.type = type
    }
  }

  /// A value that is a tensor of the checkpoint.
  public struct Initializer: Hashable, Sendable {
    /// The value's name.
    public var value: String
    /// The tensor's name.
    public var tensor: String

    public init(value: String, tensor: String) {
      self.value = value
      self.tensor = tensor
    }
  }

  /// A small tensor that stands in the graph itself.
  public struct Constant: Equatable, Sendable {
    public var name: String
    public var tensor: Tensor

    public init(name: String, tensor: Tensor) {
      self.name = name
      self.tensor = tensor
    }
  }

  /// The version of ONNX's operators that nodes mean.
  public static let opset = 23

  public var inputs: [Input]
  public var initializers: [Initializer]
  public var constants: [Constant]
  public var nodes: [Node]
  /// The names of the values that a run returns.
  public var outputs: [String]

  public init(
    inputs: [Input] = [], initializers: [Initializer] = [], constants: [Constant] = [],
    nodes: [Node] = [], outputs: [String] = []
  ) {
    self.inputs = inputs
    self.initializers = initializers
    self.constants = constants
    self.nodes = nodes
    self.outputs = outputs
  }
}
