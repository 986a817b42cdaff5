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
    let queries = try heads(of: query, sizes, [0, 2, 1, 3], name: "\(name).queries")
    let keys = try heads(of: key, sizes, [0, 2, 3, 1], name: "\(name).keys")
    let values = try heads(of: value, sizes, [0, 2, 1, 3], name: "\(name).values")
    let products = try add("MatMul", [queries, keys], name: "\(name).products")
    let scaled = try add(
      "Mul", [products, try number(1 / Float(sizes.headWidth).squareRoot())],
      name: "\(name).scaled")
    let masked = try add("Add", [scaled, scores], name: "\(name).masked")
    let shares = try add("Softmax", [masked], ["axis": .int(-1)], name: "\(name).shares")
    let sums = try add("MatMul", [shares, values], name: "\(name).sums")
    let joined = try add(
      "Transpose", [sums], ["perm": .ints([0, 2, 1, 3])], name: "\(name).joined")
    let context = try add(
      "Reshape", [joined, try integers([0, 0, width])], name: "\(name).context")
    return try linear(context, layer.output, inner: width, outer: width)
  }

  /// States with an axis for heads, [batch, sequence, heads, width of a head], turned.
  private mutating func heads(
    of states: Value, _ sizes: EncoderSizes, _ permutation: [Int], name: String
  ) throws(LoweringError) -> Value {
    let split = try add(
      "Reshape", [states, try integers([0, 0, sizes.headCount, sizes.headWidth])],
      name: "\(name).split")
    return try add("Transpose", [split], ["perm": .ints(permutation)], name: name)
  }
}
