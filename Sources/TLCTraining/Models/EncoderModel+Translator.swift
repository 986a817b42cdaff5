import TLCCore
import TLCModel

extension EncoderModel {
  /// Rows of the tables of positions before that of the first token, as mBART has them.
  static let positionOffset = 2

  /// The names of the tensors of one side, as mBART has them.
  enum Side: String {
    case encoder, decoder

    var prefix: String { "model.\(rawValue)" }
    func layer(_ place: Int) -> String { "\(prefix).layers.\(place)" }
  }

  /// The table of tokens, which both sides and the last product share.
  static let sharedTable = "model.shared.weight"
}

extension ModelBuilder {
  /// The graph of an encoder and a decoder: logits of the token behind each of `decoder_input_ids`.
  mutating func buildTranslator(decoderDepth: Int) throws(GraphError) {
    let source = ["batch", "source"].map { Dimension(named: $0) }
    let ids = try builder.input("input_ids", ValueType(.i64, source))
    let mask = try builder.input("attention_mask", ValueType(.i64, source))
    let target = ["batch", "target"].map { Dimension(named: $0) }
    let written = try builder.input("decoder_input_ids", ValueType(.i64, target))
    let scores = try maskScores(mask)
    var states = try embed(ids, .encoder, positions: "position_ids")
    for place in 0..<shape.depth {
      let name = EncoderModel.Side.encoder.layer(place)
      states = try addLayer(
        states, scores, AttentionNames(mbartLayer: name, "self_attn"),
        FeedForwardNames(mbartLayer: name))
    }
    let encoded = try norm(states, "model.encoder.layer_norm")
    states = try embed(written, .decoder, positions: "decoder_position_ids")
    for place in 0..<decoderDepth {
      let name = EncoderModel.Side.decoder.layer(place)
      states = try addAttention(states, AttentionNames(mbartLayer: name, "self_attn"), scores: nil)
      states = try addAttention(
        states, AttentionNames(mbartLayer: name, "encoder_attn"), from: encoded, scores: scores)
      states = try addFeedForward(states, FeedForwardNames(mbartLayer: name))
    }
    let normed = try norm(states, "model.decoder.layer_norm")
    try finish(try multiply(normed, byRowsOf: EncoderModel.sharedTable, name: "logits"))
  }

  /// Tokens and their places, counted from 0.
  private mutating func embed(
    _ ids: Value, _ side: EncoderModel.Side, positions: String
  ) throws(GraphError) -> Value {
    let name = side.prefix
    let every = try add("Equal", [ids, ids], name: "\(positions).every")
    let ones = try add("Cast", [every], ["to": .int(7)], name: "\(positions).ones")
    let axis = try builder.constant(Tensor([Int64(1)], shape: .scalar))
    let places = try add("CumSum", [ones, axis], ["exclusive": .int(1)], name: positions)
    let offset = try builder.constant(
      Tensor([Int64(EncoderModel.positionOffset)], shape: .scalar))
    let rows = try add("Add", [places, offset], name: "\(positions).rows")
    let placed = try add(
      "Gather", [try weight("\(name).embed_positions.weight"), rows],
      name: "\(name).embed_positions")
    let words = try add(
      "Gather", [try weight(EncoderModel.sharedTable), ids], name: "\(name).embed_tokens")
    let sum = try add("Add", [words, placed], name: "\(name).embedded")
    let normed = try norm(sum, "\(name).layernorm_embedding")
    return try drop(normed, name: "\(name).layernorm_embedding")
  }
}
