internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// Reads `tf_model.h5`, a TensorFlow checkpoint of Hugging Face's transformers.
///
/// Names and orientations become those of the PyTorch model: `layer_._0` is `layer.0`, `kernel`,
/// `embeddings` and `gamma` are `weight`, `beta` is `bias`, and kernels are transposed to
/// [output, input]. The outermost name is dropped, and for a bare model (`tf_bert_model`) that of
/// the base too. A head's weight that equals the input embedding is an alias of it.
public enum HuggingFaceHDF5Importer: CheckpointImporter {
  public static let name = "huggingface-hdf5"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard GenericHDF5Importer.recognizes(input),
      let file = try? HDF5Inventory(path: input.path),
      let root = try? KerasLayers.root(of: file),
      let layers = try? KerasLayers(file, root: root)
    else { return false }
    let names = layers.weights.map { parts(of: $0.name) }
    return !names.isEmpty
      && names.allSatisfy { $0.count > 2 && $0[0].hasPrefix("tf_") && $0[0].contains("_") }
      && layers.weights.contains { $0.name.contains("_._") || $0.name.contains("/embeddings/") }
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let file = try HDF5Inventory(path: input.path)
    guard let root = try KerasLayers.root(of: file) else {
      throw .malformed(path: input.path, dataset: nil, "no group has the attribute \"layer_names\"")
    }
    let layers = try KerasLayers(file, root: root)
    let isBare = isBareModel(layers.weights.map { $0.name })
    var tensors: [ImportedTensor] = []
    for weight in layers.weights {
      var parts = parts(of: weight.name)
      let kind = parts.removeLast()
      let name = (parts.dropFirst(isBare ? 2 : 1) + [Self.name(ofWeight: kind)])
        .joined(separator: ".")
      tensors.append(
        try file.tensor(
          weight.path, name: name, transforms: { transforms(kind, weight.name, $0) },
          outputAxis: { $0.rank >= 2 ? 0 : nil }))
    }
    let ties = try ties(in: tensors)
    let tied = Set(ties.map { $0.name })
    return try ImportedCheckpoint(
      importer: name, rules: rules, sources: [input.path],
      tensors: tensors.filter { !tied.contains($0.name) }, aliases: ties,
      assets: try configuration(beside: input),
      ignored: try file.ignored(
        besides: Set(layers.weights.map { $0.path }), optimizerGroups: ["/optimizer_weights"]))
  }

  /// The parts of a weight's name, as transformers splits it.
  private static func parts(of name: String) -> [String] {
    var text = name.withoutOutputIndex
    // A scope "A___B" is B under its own name.
    text = text.split(separator: "/", omittingEmptySubsequences: true).enumerated().map {
      part -> String in
      guard part.offset > 0, let cut = part.element.firstRange(of: "___") else {
        return String(part.element)
      }
      return String(part.element[cut.upperBound...])
    }.joined(separator: "/")
    return text.replacing("_._", with: "/").split(separator: "/").map { String($0) }
  }

  /// Whether all weights are of a model without a head, `tf_bert_model/bert/…`.
  private static func isBareModel(_ names: [String]) -> Bool {
    let heads = Set(names.map { parts(of: $0).prefix(2).joined(separator: "/") })
    guard heads.count == 1, let head = heads.first?.split(separator: "/"), head.count == 2 else {
      return false
    }
    let outer = head[0].split(separator: "_")
    return outer.last == "model"
      || (outer.last?.allSatisfy { $0.isNumber } == true && outer.dropLast().last == "model")
  }

  private static func name(ofWeight kind: String) -> String {
    switch kind {
    case "kernel", "embeddings", "gamma": "weight"
    case "beta": "bias"
    case "pointwise_kernel": "pointwise.weight"
    case "depthwise_kernel": "depthwise.weight"
    case "moving_mean": "running_mean"
    case "moving_variance": "running_var"
    default: kind
    }
  }

  private static func transforms(
    _ kind: String, _ name: String, _ shape: Shape
  ) -> [TensorTransform] {
    let isKernel = ["kernel", "pointwise_kernel", "depthwise_kernel"].contains(kind)
    let isProjection = name.contains("emb_projs") || name.contains("out_projs")
    guard isKernel || isProjection else { return [] }
    switch shape.rank {
    case 2: return [.transpose(permutation: [1, 0])]
    case 3: return [.transpose(permutation: [2, 1, 0])]
    case 4: return [.transpose(permutation: [3, 2, 0, 1])]
    default: return []
    }
  }

  /// Heads whose weights are the input embedding's, byte for byte.
  private static func ties(in tensors: [ImportedTensor]) throws(ImportError) -> [ImportedAlias] {
    let heads = ["lm_head.weight", "cls.predictions.decoder.weight", "predictions.decoder.weight"]
    let inputs = ["word_embeddings.weight", "shared.weight", "wte.weight", "embed_tokens.weight"]
    var ties: [ImportedAlias] = []
    for head in tensors where heads.contains(where: { head.name.hasSuffix($0) }) {
      for input in tensors
      where inputs.contains(where: { input.name.hasSuffix($0) }) && input.shape == head.shape
        && input.dtype == head.dtype
      {
        guard try head.load().bytes == input.load().bytes else { continue }
        ties.append(ImportedAlias(name: head.name, target: input.name, source: head.source))
        break
      }
    }
    return ties
  }

  /// `config.json` beside the checkpoint, if it is there, without paths of the machine.
  private static func configuration(
    beside input: ImportInput
  ) throws(ImportError) -> [ImportedAsset] {
    guard let found = try? ImportInput(path: input.sibling("config.json")),
      found.byteCount <= 1 << 20
    else { return [] }
    let file = found.file
    let bytes = try importing { () throws(IOError) in
      try file.read(at: 0, count: found.byteCount)
    }
    guard let members = StrictJSON(bytes)?.members else {
      throw .malformed(path: found.path, dataset: nil, "it is not a JSON object with unique keys")
    }
    let path = members.first { $0.key == "_name_or_path" }?.value.text
    var text = String(decoding: bytes, as: UTF8.self)
    if let path, path.hasPrefix("/") || path.hasPrefix(".") || path.contains("\\") {
      text = text.replacing(JSONText.quoted(path), with: "\"\"")
    }
    return [
      ImportedAsset(
        name: "huggingface/config.json", mediaType: "application/json", bytes: Array(text.utf8))
    ]
  }
}
