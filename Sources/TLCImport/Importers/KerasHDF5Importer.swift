internal import TLCCore
internal import TLCHDF5

/// Reads HDF5 files of Keras 1 and 2: whole models, and weights alone.
///
/// A tensor has its weight's recorded name without `:0`, behind its layer's where that is needed to
/// tell it from another. Orientation is Keras's own. Optimizer state is ignored by the rule
/// `optimizer-state`; configuration becomes an asset, and is never executed.
public enum KerasHDF5Importer: CheckpointImporter {
  public static let name = "keras-hdf5"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard GenericHDF5Importer.recognizes(input) else { return false }
    guard let file = try? HDF5Inventory(path: input.path) else { return false }
    return (try? KerasLayers.root(of: file)) != nil
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let file = try HDF5Inventory(path: input.path)
    guard let root = try KerasLayers.root(of: file) else {
      throw .malformed(path: input.path, dataset: nil, "no group has the attribute \"layer_names\"")
    }
    let layers = try KerasLayers(file, root: root)
    var counts: [String: Int] = [:]
    for weight in layers.weights { counts[weight.name.withoutOutputIndex, default: 0] += 1 }
    var tensors: [ImportedTensor] = []
    for weight in layers.weights {
      let short = weight.name.withoutOutputIndex
      let name = counts[short] == 1 ? short : "\(weight.layer)/\(short)"
      tensors.append(
        try file.tensor(weight.path, name: name, outputAxis: { kerasOutputAxis(name, $0) }))
    }
    return try ImportedCheckpoint(
      importer: self.name, rules: rules, sources: [input.path], tensors: tensors,
      assets: try file.configuration(["model_config", "training_config"]),
      ignored: try file.ignored(
        besides: Set(layers.weights.map { $0.path }), optimizerGroups: ["/optimizer_weights"]))
  }
}
