public import TLCModel

/// A way from a source's configuration to a graph in ONNX's operators.
///
/// To add one, write a file in `Lowering/` with a type that conforms, and name it in
/// ``LoweringRegistry/standard``. Nothing of a configuration is ever executed.
public protocol GraphLowering: Sendable {
  /// The name of the kind of configuration, in kebab-case.
  static var name: String { get }

  /// Whether a checkpoint has a configuration of this kind.
  static func recognizes(_ checkpoint: ImportedCheckpoint) -> Bool

  /// The graph of a checkpoint, whose initializers name its tensors and aliases.
  ///
  /// - Throws: ``LoweringError`` where the configuration asks for what has no definition here.
  static func graph(
    of checkpoint: ImportedCheckpoint, _ options: LoweringOptions
  ) throws(LoweringError) -> Graph
}

/// What a user says of a configuration that it does not say itself.
public struct LoweringOptions: Equatable, Sendable {
  /// By a layer's name, the layer to take instead: `LeakyRelu(alpha=0.1)`.
  public var substitutions: [String: String] = [:]
  /// Values to return besides the outputs that the model has, by name: `last_hidden_state`.
  public var additionalOutputs: [String] = []

  /// Creates options that change nothing.
  public init() {}
}

/// Why a checkpoint has no graph.
public enum LoweringError: Error, Equatable, Sendable {
  /// A layer that has no definition here: its name, its class, and what to do.
  case unknownLayer(name: String, className: String, advice: String)
  /// The configuration is wrong, or asks for what is not there: the place, and what is so.
  case malformed(place: String, String)
  /// The nodes of a layer do not fit.
  case graph(layer: String, GraphError)
}

extension LoweringError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownLayer(let name, let className, let advice):
      "layer \"\(name)\" is a \(className), which has no definition here; \(advice)"
    case .malformed(let place, let what): "\(place): \(what)"
    case .graph(let layer, let error): "layer \"\(layer)\": \(error)"
    }
  }
}

/// The lowerings that a program knows, asked in order.
public struct LoweringRegistry: Sendable {
  /// The lowerings, in the order in which they are asked.
  public let all: [any GraphLowering.Type]

  /// Knows these lowerings, and no others.
  public init(_ all: [any GraphLowering.Type]) { self.all = all }

  /// Every lowering of this package.
  public static let standard = LoweringRegistry([
    HuggingFaceLowering.self,
    KerasLowering.self,
  ])

  /// The graph of a checkpoint; `nil` where nothing here knows its configuration, or it has none.
  public func graph(
    of checkpoint: ImportedCheckpoint, _ options: LoweringOptions = LoweringOptions()
  ) throws(LoweringError) -> Graph? {
    try all.first { $0.recognizes(checkpoint) }?.graph(of: checkpoint, options)
  }
}
