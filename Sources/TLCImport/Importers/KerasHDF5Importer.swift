internal import TLCCore
internal import TLCHDF5

/// Reads HDF5 files of Keras 1 and 2: whole models, and weights alone.
///
/// A tensor has its weight's recorded name without `:0`, behind its layer's where that is needed to
/// tell it from another. Orientation is Keras's own. A weight that is a link to the dataset of one
/// listed before is an alias. Optimizer state is ignored by the rule `optimizer-state`;
/// configuration becomes an asset, and is never executed.
public enum KerasHDF5Importer: CheckpointImporter {
  public static let name = "keras-hdf5"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard let file = input.inventory else { return false }
    return (try? KerasLayers.root(of: file)) != nil
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let file = try input.requireInventory()
    let weights = try KerasLayers(file).weights
    var counts: [String: Int] = [:]
    for weight in weights { counts[weight.name.withoutOutputIndex, default: 0] += 1 }
    var tensors: [ImportedTensor] = []
    var aliases: [ImportedAlias] = []
    var names: [[UInt8]: String] = [:]
    var layers: [ImportedLayer] = []
    for weight in weights {
      let short = weight.name.withoutOutputIndex
      let name = counts[short] == 1 ? short : "\(weight.layer)/\(short)"
      if layers.last?.name != weight.layer {
        layers.append(ImportedLayer(name: weight.layer, weights: []))
      }
      layers[layers.count - 1].weights.append(name)
      if let target = names[Array(weight.dataset.utf8)] {
        aliases.append(ImportedAlias(name: name, target: target, source: weight.path))
        continue
      }
      names[Array(weight.dataset.utf8)] = name
      tensors.append(
        try file.tensor(weight.dataset, name: name, outputAxis: { kerasOutputAxis(name, $0) }))
    }
    return try ImportedCheckpoint(
      importer: self.name, rules: rules, sources: [input.path], tensors: tensors, aliases: aliases,
      layers: layers, assets: try file.kerasConfiguration(),
      ignored: try file.ignored(
        besides: weights.flatMap { [$0.path, $0.dataset] }, optimizer: "/optimizer_weights"))
  }
}
