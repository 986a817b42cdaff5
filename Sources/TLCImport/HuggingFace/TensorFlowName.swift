internal import TLCCore

/// A weight's name in a TensorFlow checkpoint of transformers, and what it is in PyTorch.
///
/// The rules are those of transformers' `convert_tf_weight_name_to_pt_weight_name` and
/// `apply_transpose`.
struct TensorFlowName {
  /// The outermost level, `tf_bert_model`; empty where the name has but one level.
  let scope: String
  /// The levels under it, `bert`, `encoder`, `layer`, `0` and so on to `kernel`.
  let levels: [String]

  /// - Parameter recorded: `tf_bert_model/bert/encoder/layer_._0/output/dense/kernel:0`.
  init(_ recorded: String) {
    var parts = recorded.replacing(":0", with: "").split(
      separator: "/", omittingEmptySubsequences: false
    ).map { String($0) }
    // A level "A___B" between two others is B; of two in a row, the second stays as it is.
    var at = 1
    while at < parts.count - 1 {
      if let cut = parts[at].ranges(of: "___").last {
        parts[at] = String(parts[at][cut.upperBound...])
        at += 1
      }
      at += 1
    }
    let first = parts.first ?? ""
    parts = parts.flatMap { $0.replacing("_._", with: "/").split(separator: "/") }
      .map { String($0) }
    let hasScope = parts.count > 1
    scope = hasScope && !first.isEmpty ? parts[0] : ""
    levels = hasScope && !first.isEmpty ? Array(parts.dropFirst()) : parts
  }

  /// The name in PyTorch.
  ///
  /// - Parameter withoutBase: whether to leave out the first level, the base model's.
  func name(withoutBase: Bool) -> String {
    let kind =
      switch levels.last ?? "" {
      case "kernel", "embeddings", "gamma": "weight"
      case "beta": "bias"
      case "pointwise_kernel": "pointwise.weight"
      case "depthwise_kernel": "depthwise.weight"
      case "moving_mean": "running_mean"
      case "moving_variance": "running_var"
      case let other: other
      }
    return (levels.dropFirst(withoutBase ? 1 : 0).dropLast() + [kind]).joined(separator: ".")
  }

  /// What leads from the dataset to PyTorch's orientation.
  func transforms(of shape: Shape) -> [TensorTransform] {
    let kind = levels.last ?? ""
    switch (kind, shape.rank) {
    case ("kernel", 4): return [.transpose(permutation: [3, 2, 0, 1])]
    case ("kernel", 3): return [.transpose(permutation: [2, 1, 0])]
    default: break
    }
    let isReversed =
      ["kernel", "pointwise_kernel", "depthwise_kernel"].contains(kind)
      || levels.contains("emb_projs") || levels.contains("out_projs")
    guard isReversed, shape.rank > 1 else { return [] }
    return [.transpose(permutation: Array((0..<shape.rank).reversed()))]
  }

  /// Whether names are those of a model without a head, `tf_bert_model/bert/…`, whose PyTorch form
  /// leaves out the base model's level.
  static func isBareModel(_ names: [TensorFlowName]) -> Bool {
    guard let first = names.first, let base = first.levels.first, first.levels.count > 1,
      names.allSatisfy({ $0.scope == first.scope && $0.levels.first == base })
    else { return false }
    var words = first.scope.split(separator: "_")
    if words.last?.utf8.allSatisfy({ (0x30...0x39).contains($0) }) == true { words.removeLast() }
    // `tfgp_t2lm_head_model` has a head, which is tied and so has no weights of its own.
    return words.last == "model" && words.dropLast().last?.hasPrefix("head") != true
  }
}

/// Where a layer's outputs are in PyTorch's weights: the first axis, but for GPT-2's layers, which
/// keep their weights as [input, output].
func pyTorchOutputAxis(_ name: String, _ shape: Shape) -> Int? {
  guard shape.rank >= 2 else { return nil }
  let layer = name.split(separator: ".").dropLast().last
  return shape.rank == 2 && ["c_attn", "c_fc", "c_proj", "q_attn"].contains(layer) ? 1 : 0
}
