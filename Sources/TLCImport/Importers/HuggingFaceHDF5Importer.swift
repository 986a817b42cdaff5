internal import TLCCore
internal import TLCHDF5

/// Reads `tf_model.h5`, a TensorFlow checkpoint of Hugging Face's transformers.
///
/// Names and orientations become those of the PyTorch model: `layer_._0` is `layer.0`, `kernel`,
/// `embeddings` and `gamma` are `weight`, `beta` is `bias`, and kernels are transposed to
/// [output, input]. The outermost name is dropped, and for a bare model (`tf_bert_model`) that of
/// the base too. A head's weight that equals the input embedding is an alias of it; a shared
/// layer's second dataset is ignored by the rule `shared-weight`.
public enum HuggingFaceHDF5Importer: CheckpointImporter {
  public static let name = "huggingface-hdf5"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard let file = input.inventory, let layers = try? KerasLayers(file),
      (try? file.text("model_config", of: "/")) == nil
    else { return false }
    return layers.weights.contains { weight in
      weight.name.hasPrefix("tf") && TensorFlowName(weight.name).levels.count > 1
        && (weight.name.contains("_._") || weight.name.contains("/embeddings/"))
    }
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let file = try input.requireInventory()
    let layers = try KerasLayers(file)
    let weights = try HuggingFaceWeights(
      layers.weights.map {
        .init(recorded: $0.name, inventory: file, file: 0, dataset: $0.dataset)
      })
    return try ImportedCheckpoint(
      importer: name, rules: rules, sources: [input.path], tensors: weights.tensors,
      aliases: weights.aliases, assets: try HuggingFaceConfiguration.assets(beside: input),
      ignored: weights.ignored
        + (try file.ignored(
          besides: layers.weights.map { $0.dataset }, optimizer: "/optimizer_weights")))
  }
}
