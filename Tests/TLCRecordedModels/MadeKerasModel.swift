public import TLCCore
public import TLCImport
public import TLCModel

/// A checkpoint that a test makes: a configuration, and weights in memory.
public struct MadeKerasModel {
  public var version: String
  /// The software that computed, as a file names it.
  public var backend = "tensorflow"
  public var configuration: String
  /// The weights of each layer, in order.
  public var layers: [(name: String, weights: [Tensor])]

  /// Makes a checkpoint as of a file of Keras 1 or 2.
  ///
  /// - Parameter configuration: the JSON of the model.
  public init(
    version: String = "2.15.0", _ configuration: String,
    _ layers: [(name: String, weights: [Tensor])] = []
  ) {
    self.version = version
    self.configuration = configuration
    self.layers = layers
  }

  /// A sequential model of layers, each JSON, that begins with an input.
  public static func sequential(
    version: String = "2.15.0", input shape: String, _ layers: [String],
    _ weights: [(name: String, weights: [Tensor])] = []
  ) -> MadeKerasModel {
    let input = """
      {"class_name":"InputLayer","config":{"name":"x","batch_input_shape":[null,\(shape)]}}
      """
    let list = ([input] + layers).joined(separator: ",")
    return MadeKerasModel(
      version: version,
      #"{"class_name":"Sequential","config":{"name":"made","layers":[\#(list)]}}"#, weights)
  }

  public func checkpoint() throws -> ImportedCheckpoint {
    var tensors: [ImportedTensor] = []
    for (layer, weights) in layers {
      for (place, weight) in weights.enumerated() {
        tensors.append(
          ImportedTensor(
            name: "\(layer)/\(place)", dtype: weight.dtype, sourceShape: weight.shape,
            source: "\(layer)/\(place)"
          ) { _ in weight })
      }
    }
    return try ImportedCheckpoint(
      importer: "keras-hdf5", rules: 1, sources: ["made.h5"], tensors: tensors,
      layers: layers.map { layer in
        ImportedLayer(
          name: layer.name, weights: layer.weights.indices.map { "\(layer.name)/\($0)" })
      },
      assets: [
        ImportedAsset(
          name: "keras/model_config.json", mediaType: "application/json",
          bytes: Array(configuration.utf8)),
        ImportedAsset(
          name: "keras/version.json", mediaType: "application/json",
          bytes: Array(#"{"backend":"\#(backend)","keras_version":"\#(version)"}"#.utf8)),
      ])
  }

  /// The graph of the model.
  public func graph(_ substitutions: [String: String] = [:]) throws -> Graph {
    var options = LoweringOptions()
    options.substitutions = substitutions
    guard let graph = try LoweringRegistry.standard.graph(of: try checkpoint(), options) else {
      throw LoweringError.malformed(place: "the checkpoint", "no lowering knows it")
    }
    return graph
  }

  /// What the model computes.
  public func outputs(
    _ inputs: [Tensor], _ substitutions: [String: String] = [:]
  ) throws -> [Tensor] {
    let checkpoint = try checkpoint()
    let graph = try graph(substitutions)
    let named = Dictionary(uniqueKeysWithValues: zip(graph.inputs.map { $0.name }, inputs))
    return try checkpoint.typed(graph).evaluate(named) { try checkpoint.load($0) }
  }

  /// The sentence with which the model is refused; `nil` where it is not.
  public func refusal(_ substitutions: [String: String] = [:]) -> String? {
    do {
      _ = try graph(substitutions)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
