public import TLCCore

/// A computation in ONNX's operators: `formats/graph.md`.
///
/// Nodes stand in an order in which each uses only what stands before it.
public struct Graph: Equatable, Sendable {
  /// What a run is given.
  public struct Input: Hashable, Sendable {
    /// The value's name.
    public var name: String
    /// What is known of it before a run; named lengths are fixed by the tensors that a run is given.
    public var type: ValueType

    /// An input.
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

    /// A value that is a tensor.
    public init(value: String, tensor: String) {
      self.value = value
      self.tensor = tensor
    }
  }

  /// A small tensor that stands in the graph itself.
  public struct Constant: Equatable, Sendable {
    /// The value's name.
    public var name: String
    /// Its elements.
    public var tensor: Tensor

    /// A value that has these elements.
    public init(name: String, tensor: Tensor) {
      self.name = name
      self.tensor = tensor
    }
  }

  /// The version of ONNX's operators that nodes mean.
  public static let opset = 23

  /// What a run is given, in order.
  public var inputs: [Input]
  /// The values that are tensors of the checkpoint.
  public var initializers: [Initializer]
  /// The values that stand in the graph itself.
  public var constants: [Constant]
  /// The steps, each after those whose outputs it reads.
  public var nodes: [Node]
  /// The names of the values that a run returns, in order.
  public var outputs: [String]

  /// A graph of these parts; nothing is checked.
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
