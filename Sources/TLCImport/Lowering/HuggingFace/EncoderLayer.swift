internal import TLCModel

/// The names of a layer's parts: attention, and two products with a function between, each added to
/// what it was given and normalized.
struct EncoderLayer {
  /// What nodes of the layer are named by.
  var name: String
  /// What those of its attention are named by, and its table of distances is.
  var attention: String
  var query: String
  var key: String
  var value: String
  var output: String
  var attentionNorm: String
  var inner: String
  var outer: String
  var norm: String
}

extension EncoderGraph {
  /// Adds a layer.
  ///
  /// - Parameters:
  ///   - scores: what is added to the scores of attention, broadcast to
  ///     [batch, heads, sequence, sequence].
  ///   - distances: how far apart tokens are, where the layer has embeddings of that.
  ///   - isLast: whether what it gives is `last_hidden_state`.
  mutating func addLayer(
    _ layer: EncoderLayer, to states: Value, _ sizes: EncoderSizes, scores: Value,
    distances: RelativePositions? = nil, isLast: Bool
  ) throws(LoweringError) -> Value {
    let (width, epsilon) = (sizes.width, sizes.epsilon)
    let attended = try attention(layer, states, sizes, scores: scores, distances: distances)
    let sum = try add("Add", [attended, states], name: "\(layer.attention).sum")
    let normal = try normalize(sum, layer.attentionNorm, width: width, epsilon: epsilon)
    let inner = try linear(normal, layer.inner, inner: width, outer: sizes.innerWidth)
    let active = try activate(inner, sizes.activation, name: "\(layer.inner).activation")
    let outer = try linear(active, layer.outer, inner: sizes.innerWidth, outer: width)
    let last = try add("Add", [outer, normal], name: "\(layer.name).sum")
    return try normalize(
      last, layer.norm, width: width, epsilon: epsilon,
      name: isLast ? "last_hidden_state" : nil)
  }
}
