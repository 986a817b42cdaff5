internal import TLCModel

/// The sizes of an encoder's layers, and what they compute, as a configuration says.
struct EncoderSizes {
  /// The keys of a family's configuration.
  struct Keys {
    var width = "hidden_size"
    var headCount = "num_attention_heads"
    var layerCount = "num_hidden_layers"
    var innerWidth = "intermediate_size"
    var activation = "hidden_act"
    /// `nil` where a family has one value.
    var epsilon: String? = "layer_norm_eps"
  }

  /// More layers than any model has.
  static let greatestLayerCount = 256

  let width: Int
  let headCount: Int
  let layerCount: Int
  /// The width between the two products of a layer.
  let innerWidth: Int
  let activation: EncoderActivation
  let epsilon: Float

  /// - Throws: ``LoweringError`` where a size is missing, is none, or the heads do not divide the
  ///   width, and where a configuration asks for a decoder.
  init(
    _ fields: ConfigurationFields, keys: Keys = Keys(), activation: EncoderActivation = .gelu,
    epsilon: Float = 1e-12
  ) throws(LoweringError) {
    width = try fields.size(keys.width)
    headCount = try fields.size(keys.headCount)
    layerCount = try fields.size(keys.layerCount, limit: Self.greatestLayerCount)
    innerWidth = try fields.size(keys.innerWidth)
    self.activation = try EncoderActivation(fields, keys.activation, default: activation)
    self.epsilon =
      try keys.epsilon.map { key throws(LoweringError) in
        try fields.epsilon(key, default: epsilon)
      } ?? epsilon
    guard width.isMultiple(of: headCount) else {
      throw fields.malformed(
        "\"\(keys.headCount)\" is \(headCount), which does not divide \"\(keys.width)\", \(width)")
    }
    for key in ["is_decoder", "add_cross_attention"] where try fields.flag(key, default: false) {
      throw fields.malformed("\"\(key)\" is true, and only encoders have a definition here")
    }
  }

  /// The width of a head.
  var headWidth: Int { width / headCount }
}
