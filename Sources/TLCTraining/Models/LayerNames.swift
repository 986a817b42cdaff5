/// The names of an attention's tensors, those of a norm or a matrix without `.weight` and `.bias`.
struct AttentionNames {
  /// What stands before the names of its nodes.
  var block: String
  /// The norm before it.
  var norm: String
  var query: String
  var key: String
  var value: String
  /// The matrix behind it.
  var output: String

  /// Those of a layer of transformers' RoBERTa-PreLayerNorm.
  init(robertaLayer name: String) {
    block = "\(name).attention"
    norm = "\(block).LayerNorm"
    (query, key, value) = (
      "\(block).self.query", "\(block).self.key", "\(block).self.value"
    )
    output = "\(block).output.dense"
  }

  /// Those of a block of a layer of transformers' mBART, `self_attn` or `encoder_attn`.
  init(mbartLayer name: String, _ part: String) {
    block = "\(name).\(part)"
    norm = "\(block)_layer_norm"
    (query, key, value) = ("\(block).q_proj", "\(block).k_proj", "\(block).v_proj")
    output = "\(block).out_proj"
  }
}

/// The names of the tensors of the two matrices behind an attention.
struct FeedForwardNames {
  /// The norm before them.
  var norm: String
  var inner: String
  var outer: String

  /// Those of a layer of transformers' RoBERTa-PreLayerNorm.
  init(robertaLayer name: String) {
    norm = "\(name).intermediate.LayerNorm"
    inner = "\(name).intermediate.dense"
    outer = "\(name).output.dense"
  }

  /// Those of a layer of transformers' mBART.
  init(mbartLayer name: String) {
    (norm, inner, outer) = ("\(name).final_layer_norm", "\(name).fc1", "\(name).fc2")
  }
}
