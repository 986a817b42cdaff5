internal import TLCCore
internal import TLCHDF5

/// The layers of a Keras 1 or 2 file: which datasets are weights, and of which layer.
struct KerasLayers {
  struct Weight {
    /// The weight's name as recorded, `dense_1/kernel:0`.
    var name: String
    var layer: String
    /// The dataset's path in the file.
    var path: String
  }

  /// The group that holds the layers: the root, or `/model_weights`.
  let root: String
  let weights: [Weight]

  /// The group with a list of layers, if the file has one.
  static func root(of file: HDF5Inventory) throws(ImportError) -> String? {
    for root in ["/model_weights", "/"] where file.has(root, .group) {
      if try file.texts("layer_names", of: root) != nil { return root }
    }
    return nil
  }

  init(_ file: HDF5Inventory, root: String) throws(ImportError) {
    self.root = root
    let prefix = root == "/" ? "" : root
    var layers = try file.texts("layer_names", of: root) ?? []
    let top = "top_level_model_weights"
    if !layers.contains(top), file.has("\(prefix)/\(top)", .group) { layers.append(top) }
    let datasets = Set(file.datasets)
    var weights: [Weight] = []
    for layer in layers {
      let group = "\(prefix)/\(layer)"
      guard file.has(group, .group) else {
        throw .malformed(
          path: file.file.path, dataset: group,
          "the layer is listed, but is not a group of the file")
      }
      for name in try file.texts("weight_names", of: group) ?? [] {
        let path = "\(group)/\(name)"
        guard datasets.contains(path) else {
          throw .malformed(
            path: file.file.path, dataset: path,
            "the weight is listed in layer \(layer), but is not a dataset of the file")
        }
        weights.append(Weight(name: name, layer: layer, path: path))
      }
    }
    self.weights = weights
  }
}

extension HDF5Inventory {
  /// Accounts for the datasets that are not mapped: optimizer state is ignored, others are errors.
  func ignored(
    besides mapped: Set<String>, optimizerGroups: [String]
  ) throws(ImportError) -> [Accounting.Ignored] {
    var ignored: [Accounting.Ignored] = []
    for path in datasets where !mapped.contains(path) {
      guard optimizerGroups.contains(where: { path.hasPrefix("\($0)/") }) else {
        throw .unmapped(path: file.path, dataset: path)
      }
      ignored.append(.init(path, by: "optimizer-state"))
    }
    for object in objects {
      switch object.kind {
      case .softLink, .hardLink: ignored.append(.init(object.path, by: "second-name"))
      default: break
      }
    }
    return ignored
  }

  /// Attributes that are configuration, as assets; nothing in them is ever executed.
  func configuration(_ names: [String]) throws(ImportError) -> [ImportedAsset] {
    var assets: [ImportedAsset] = []
    for name in names {
      guard let text = try text(name, of: "/") else { continue }
      assets.append(
        ImportedAsset(
          name: "keras/\(name).json", mediaType: "application/json", bytes: Array(text.utf8)))
    }
    return assets
  }
}

extension String {
  /// Without TensorFlow's `:0` at the end.
  var withoutOutputIndex: String { hasSuffix(":0") ? String(dropLast(2)) : self }
}
