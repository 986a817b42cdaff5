internal import TLCCore
internal import TLCHDF5

/// The weights of a TensorFlow checkpoint of transformers under their PyTorch names.
struct HuggingFaceWeights {
  /// A weight, and the dataset that holds it.
  struct Entry {
    /// The weight's name as recorded.
    var recorded: String
    var inventory: HDF5Inventory
    /// The place of the dataset's file among the sources.
    var file: Int
    /// The dataset's first path.
    var dataset: String
  }

  private(set) var tensors: [ImportedTensor] = []
  private(set) var aliases: [ImportedAlias] = []
  private(set) var ignored: [Accounting.Ignored] = []

  /// Maps entries.
  ///
  /// A layer that two others share is stored with each: the same name with the same bytes is stored
  /// once, and the second dataset is ignored by the rule `shared-weight`.
  init(_ entries: [Entry]) throws(ImportError) {
    let names = entries.map { TensorFlowName($0.recorded) }
    let isBare = TensorFlowName.isBareModel(names)
    var places: [[UInt8]: Int] = [:]
    for (entry, original) in zip(entries, names) {
      let name = original.name(withoutBase: isBare)
      let tensor = try entry.inventory.tensor(
        entry.dataset, name: name, file: entry.file,
        transforms: { original.transforms(of: $0) }, outputAxis: { pyTorchOutputAxis(name, $0) })
      guard let place = places[Array(name.utf8)] else {
        places[Array(name.utf8)] = tensors.count
        tensors.append(tensor)
        continue
      }
      let first = tensors[place]
      if first.file == tensor.file, first.source.equalsInUTF8(tensor.source) { continue }
      guard try first.hasSameValues(as: tensor) else {
        throw .malformed(
          path: entry.inventory.file.path, dataset: entry.dataset,
          "it would have the name \"\(name)\", as \(first.source) has, with other values")
      }
      ignored.append(.init(entry.dataset, by: "shared-weight"))
    }
    try tieHeads()
  }

  /// Makes aliases of heads whose weights are the input embedding's, byte for byte.
  private mutating func tieHeads() throws(ImportError) {
    let heads = ["lm_head.weight", "predictions.decoder.weight"]
    let inputs = ["word_embeddings.weight", "shared.weight", "wte.weight", "embed_tokens.weight"]
    let embeddings = tensors.filter { tensor in inputs.contains { tensor.name.hasSuffix($0) } }
    var rest: [ImportedTensor] = []
    for tensor in tensors {
      var target: String?
      if heads.contains(where: { tensor.name.hasSuffix($0) }) {
        for embedding in embeddings where target == nil {
          if try tensor.hasSameValues(as: embedding) { target = embedding.name }
        }
      }
      if let target {
        aliases.append(ImportedAlias(name: tensor.name, target: target, source: tensor.source))
      } else {
        rest.append(tensor)
      }
    }
    tensors = rest
  }
}

extension ImportedTensor {
  /// Whether another tensor is of the same type and shape, and has the same bytes.
  fileprivate func hasSameValues(as other: ImportedTensor) throws(ImportError) -> Bool {
    guard dtype == other.dtype, shape == other.shape else { return false }
    return try load().bytes == other.load().bytes
  }
}
