internal import TLCModel

extension EncoderGraph {
  /// What is added to scores: 0 where a token takes part, and the least number where it is padding;
  /// [batch, 1, 1, sequence].
  mutating func maskScores() throws(LoweringError) -> Value {
    let name = "attention_mask"
    let wide = try add("Unsqueeze", [mask, try integers([1, 2])], name: "\(name).wide")
    let kept = try add("Cast", [wide], ["to": .int(1)], name: "\(name).float")
    let padding = try add("Sub", [try number(1), kept], name: "\(name).padding")
    return try add(
      "Mul", [padding, try number(-Float.greatestFiniteMagnitude)], name: "\(name).scores")
  }

  /// Attention of each token to all, and the layer behind it.
  mutating func attention(
    _ layer: EncoderLayer, _ states: Value, _ sizes: EncoderSizes, scores: Value,
    distances: RelativePositions?
  ) throws(LoweringError) -> Value {
    let (width, name) = (sizes.width, layer.attention)
    let query = try linear(states, layer.query, inner: width, outer: width)
    let key = try linear(states, layer.key, inner: width, outer: width)
    let value = try linear(states, layer.value, inner: width, outer: width)
    var scores = scores
    if let distances {
      scores = try distances.add(
        to: &self, query: query, key: key, sizes, scores: scores, name: name)
    }
    let heads = Attribute.int(sizes.headCount)
    let context = try add(
      "Attention", [query, key, value, scores],
      ["kv_num_heads": heads, "q_num_heads": heads], name: "\(name).context")
    return try linear(context, layer.output, inner: width, outer: width)
  }
}
