internal import TLCCore
internal import TLCHDF5

/// The layers of a Keras 1 or 2 file: which datasets are weights, and of which layer.
struct KerasLayers {
  struct Weight {
    /// The weight's name as recorded, `dense_1/kernel:0`.
    var name: String
    var layer: String
    /// The path that the layer lists, which may be a link.
    var path: String
    /// The first path of the dataset.
    var dataset: String
  }

  /// In the order in which the file lists layers, and layers list weights.
  let weights: [Weight]

  /// The group with a list of layers, if the file has one: the root, or `/model_weights`.
  static func root(of file: HDF5Inventory) throws(ImportError) -> String? {
    for root in ["/model_weights", "/"] where file.isGroup(root) {
      if try file.texts("layer_names", of: root) != nil { return root }
    }
    return nil
  }

  init(_ file: HDF5Inventory) throws(ImportError) {
    guard let root = try Self.root(of: file) else {
      throw .malformed(
        path: file.file.path, dataset: nil,
        "neither the root nor /model_weights has the attribute \"layer_names\" of a Keras file")
    }
    let prefix = root == "/" ? "" : root
    var layers = try file.texts("layer_names", of: root) ?? []
    let top = "top_level_model_weights"
    if !layers.contains(top), file.isGroup("\(prefix)/\(top)") { layers.append(top) }
    var weights: [Weight] = []
    for layer in layers {
      let group = "\(prefix)/\(layer)"
      guard file.isGroup(group) else {
        throw .malformed(
          path: file.file.path, dataset: group,
          file.dataset(at: group) == nil
            ? "the layer is listed, but is not a group of the file"
            : "the layer is a dataset, as in a shard: import its set's tf_model.h5.index.json")
      }
      for name in try file.texts("weight_names", of: group) ?? [] {
        let path = "\(group)/\(name)"
        guard let dataset = file.dataset(at: path) else {
          throw .malformed(
            path: file.file.path, dataset: path,
            "the weight is listed in layer \(layer), but is not a dataset of the file")
        }
        weights.append(Weight(name: name, layer: layer, path: path, dataset: dataset))
      }
    }
    self.weights = weights
  }
}

extension HDF5Inventory {
  /// Accounts for what is not mapped: optimizer state and second names are ignored, other datasets
  /// are errors.
  ///
  /// - Parameter mapped: the paths that tensors, aliases and ignored duplicates were made of.
  func ignored(
    besides mapped: [String], optimizer group: String
  ) throws(ImportError) -> [Accounting.Ignored] {
    let mapped = Set(mapped.map { Array($0.utf8) })
    var ignored: [Accounting.Ignored] = []
    for path in datasets where !mapped.contains(Array(path.utf8)) {
      guard path.utf8.starts(with: "\(group)/".utf8) else {
        throw .unmapped(path: file.path, dataset: path)
      }
      ignored.append(.init(path, by: "optimizer-state"))
    }
    return ignored + secondNames(besides: mapped)
  }

  /// What a Keras file says of the model, as assets; nothing in them is ever executed.
  func kerasConfiguration() throws(ImportError) -> [ImportedAsset] {
    var assets: [ImportedAsset] = []
    for name in ["model_config", "training_config"] {
      guard let text = try text(name, of: "/") else { continue }
      assets.append(ImportedAsset(json: text, name: "keras/\(name).json"))
    }
    // How to read the configuration depends on the version, which old files do not state.
    var versions: [String] = []
    for name in ["backend", "keras_version"] {
      var found = try text(name, of: "/")
      if found == nil, isGroup("/model_weights") { found = try text(name, of: "/model_weights") }
      if let found { versions.append("\(JSONText.quoted(name)):\(JSONText.quoted(found))") }
    }
    if !versions.isEmpty {
      let text = "{\(versions.joined(separator: ","))}"
      assets.append(ImportedAsset(json: text, name: "keras/version.json"))
    }
    return assets
  }
}

extension ImportedAsset {
  /// An asset of JSON text.
  init(json text: String, name: String) {
    self.init(name: name, mediaType: "application/json", bytes: Array(text.utf8))
  }
}

extension String {
  /// Without TensorFlow's `:0` at the end.
  var withoutOutputIndex: String { hasSuffix(":0") ? String(dropLast(2)) : self }
}
