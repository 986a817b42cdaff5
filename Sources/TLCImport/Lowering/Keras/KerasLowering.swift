internal import TLCCore
public import TLCModel

/// Lowers the configuration of a Keras model, sequential or functional, of Keras 1, 2 or 3.
///
/// Each class of layers is lowered by a `KerasLayer` of its own. Inputs have the names of the
/// model's input layers, outputs those of the layers that give them; the first axis is `batch`.
/// Any layer's output may be asked for besides, by the layer's name.
public enum KerasLowering: GraphLowering {
  public static let name = "keras"
  /// The classes of layers that have a definition here, sorted, by Keras's present names.
  public static let layerClassNames = KerasLayerRegistry.standard.classNames
  private static let configurations = ["keras/config.json", "keras/model_config.json"]

  public static func recognizes(_ checkpoint: ImportedCheckpoint) -> Bool {
    checkpoint.assets.contains { configurations.contains($0.name) }
  }

  public static func graph(
    of checkpoint: ImportedCheckpoint, _ options: LoweringOptions
  ) throws(LoweringError) -> Graph {
    guard let asset = checkpoint.assets.first(where: { configurations.contains($0.name) }),
      let json = StrictJSON(asset.bytes)
    else {
      throw .malformed(place: configurations[1], "it is not JSON with unique keys")
    }
    let isArchive = asset.name == configurations[0]
    let context = KerasContext(
      generation: generation(of: checkpoint, isArchive: isArchive),
      turnsKernels: version("backend", of: checkpoint, isArchive: isArchive) == "theano",
      registry: .standard, substitutions: try substitutions(options))
    let instance = try KerasInstance(json, name: "model", context)
    guard var model = instance.layer as? KerasModel else {
      throw .malformed(
        place: asset.name, "it is a \(instance.className), not a sequential or functional model")
    }
    let names = json.layerNames
    for name in options.substitutions.keys.sorted() where !names.contains(name) {
      throw .malformed(
        place: "what is to be taken for \"\(name)\"", "no layer or activation has this name")
    }
    for name in options.additionalOutputs { try model.addOutput(name) }
    var builder = KerasBuilder(tensors: types(of: checkpoint))
    let weights =
      isArchive
      ? KerasWeights(model.weights, at: "", in: checkpoint.weightsByLayer)
      : try model.weights(listed: checkpoint.weightsByLayer)
    return try model.graph(&builder, weights)
  }

  /// Archives are of Keras 3 where they do not say otherwise, and other files of Keras 1.
  private static func generation(
    of checkpoint: ImportedCheckpoint, isArchive: Bool
  ) -> KerasGeneration {
    let version = version("keras_version", of: checkpoint, isArchive: isArchive)
    return KerasGeneration(version: version ?? (isArchive ? "3." : nil))
  }

  /// What a file says of the software that wrote it.
  private static func version(
    _ key: String, of checkpoint: ImportedCheckpoint, isArchive: Bool
  ) -> String? {
    let name = isArchive ? "keras/metadata.json" : "keras/version.json"
    let asset = checkpoint.assets.first { $0.name == name }
    return asset.flatMap { StrictJSON($0.bytes)?[key]?.text }
  }

  private static func substitutions(
    _ options: LoweringOptions
  ) throws(LoweringError) -> [String: KerasSubstitution] {
    var substitutions: [String: KerasSubstitution] = [:]
    for name in options.substitutions.keys.sorted() {
      guard let text = options.substitutions[name] else { continue }
      substitutions[name] = try KerasSubstitution(text, for: name)
    }
    return substitutions
  }

  private static func types(of checkpoint: ImportedCheckpoint) -> [String: ValueType] {
    var types: [String: ValueType] = [:]
    for tensor in checkpoint.tensors {
      types[tensor.name] = ValueType(tensor.dtype, tensor.shape)
    }
    for alias in checkpoint.aliases { types[alias.name] = types[alias.target] }
    return types
  }
}

extension ImportedCheckpoint {
  /// The weights of each layer, by its name; of two of one name, those of the first.
  fileprivate var weightsByLayer: [String: [String]] {
    let old = "_layer_checkpoint_dependencies"
    return Dictionary(
      layers.map { layer in
        let parts = layer.name.split(separator: "/", omittingEmptySubsequences: false)
        return (parts.map { $0 == old ? "layers" : $0 }.joined(separator: "/"), layer.weights)
      }
    ) { first, _ in first }
  }
}

extension StrictJSON {
  /// The names of all layers in a configuration, and of their activations.
  fileprivate var layerNames: Set<String> {
    var names: Set<String> = []
    for member in members ?? [] {
      names.formUnion(member.value.layerNames)
      if member.key.hasSuffix("activation"), let name = KerasActivation.name(member.value) {
        names.insert(name)
      }
    }
    for element in elements ?? [] { names.formUnion(element.layerNames) }
    if self["class_name"] != nil, let name = self["config"]?["name"]?.text { names.insert(name) }
    return names
  }
}
