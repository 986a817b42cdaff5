import Foundation
public import TLCCore
public import TLCImport
public import TLCModel
import TLCRuntime
import TLCTestSupport

/// A checkpoint, and what the software that it comes from computes with it.
public struct RecordedModel: Sendable {
  public var checkpoint: ImportedCheckpoint
  /// By name, without `input/`.
  public var inputs: [String: Tensor] = [:]
  /// By name, without `output/`.
  public var outputs: [String: Tensor] = [:]

  /// What the recording says of itself.
  public var metadata: [String: String] = [:]

  /// - Parameters:
  ///   - checkpoint: the path of a checkpoint of `fixtures/`.
  ///   - recording: that of a safetensors file of `input/…` and `output/…`.
  public init(_ checkpoint: String, recording: String) throws {
    try self.init(path: Fixtures.path(checkpoint), recording: recording)
  }

  /// - Parameter path: that of the checkpoint, wherever it is.
  public init(path: String, recording: String) throws {
    checkpoint = try ImporterRegistry.standard.open(path)
    let recorded = try ImporterRegistry.standard.open(Fixtures.path(recording))
    if let asset = recorded.assets.first(where: { $0.name == "safetensors/metadata.json" }) {
      for (key, value) in StrictJSON(asset.bytes)?.members ?? [] { metadata[key] = value.text }
    }
    for tensor in recorded.tensors {
      let name = String(tensor.name.split(separator: "/", maxSplits: 1)[1])
      if tensor.name.hasPrefix("input/") {
        inputs[name] = try tensor.load()
      } else {
        outputs[name] = try tensor.load()
      }
    }
  }

  /// The graph of the checkpoint, with the types of its values.
  public func lowered(_ options: LoweringOptions = LoweringOptions()) throws -> TypedGraph {
    guard let graph = try LoweringRegistry.standard.graph(of: checkpoint, options) else {
      throw LoweringError.malformed(place: "the checkpoint", "no lowering knows it")
    }
    return try checkpoint.typed(graph)
  }

  /// What a graph gives of the recorded inputs, node by node.
  public func evaluate(_ graph: TypedGraph) throws -> [Tensor] {
    try graph.evaluate(inputs) { try checkpoint.load($0) }
  }

  /// What a session gives of them.
  public func run(_ graph: TypedGraph, threadCount: Int) throws -> [Tensor] {
    try Session(graph, threadCount: threadCount) { try checkpoint.load($0) }.run(inputs)
  }

  /// How far what a graph gives is from what is recorded, by output: the largest difference,
  /// divided by the largest magnitude.
  public func distances(_ graph: TypedGraph, _ found: [Tensor]) -> [(name: String, distance: Float)]
  {
    zip(graph.graph.outputs, found).map { name, tensor in
      guard let expected = outputs[name], expected.shape == tensor.shape,
        expected.dtype == tensor.dtype
      else { return (name, .infinity) }
      return (name, tensor.distance(to: expected))
    }
  }
}

extension ImportedCheckpoint {
  /// A graph of this checkpoint, with the types of its values.
  public func typed(_ graph: Graph) throws -> TypedGraph {
    try TypedGraph(graph) { name in
      tensor(name).map { ValueType($0.dtype, $0.shape) }
    }
  }

  /// The tensor that a name, or an alias, stands for.
  public func tensor(_ name: String) -> ImportedTensor? {
    let target = aliases.first { $0.name == name }?.target ?? name
    return tensors.first { $0.name == target }
  }

  public func load(_ name: String) throws -> Tensor {
    guard let tensor = tensor(name) else { throw CocoaError(.fileNoSuchFile) }
    return try tensor.load()
  }

  /// The same checkpoint with other tensors or assets.
  public func with(
    tensors: [ImportedTensor]? = nil, assets: [ImportedAsset]? = nil
  ) throws -> ImportedCheckpoint {
    try ImportedCheckpoint(
      importer: importer, rules: rules, sources: sources, tensors: tensors ?? self.tensors,
      aliases: aliases, layers: layers, assets: assets ?? self.assets)
  }
}

extension Tensor {
  /// The largest difference from another of its shape, divided by the largest magnitude there;
  /// infinite where a NaN is in either.
  fileprivate func distance(to expected: Tensor) -> Float {
    let pairs = zip(elements(of: Float.self), expected.elements(of: Float.self))
    var difference: Float = 0
    var magnitude: Float = 0
    for (found, expected) in pairs {
      guard found.isFinite, expected.isFinite else { return .infinity }
      difference = max(difference, abs(found - expected))
      magnitude = max(magnitude, abs(expected))
    }
    return magnitude > 0 ? difference / magnitude : difference
  }
}
