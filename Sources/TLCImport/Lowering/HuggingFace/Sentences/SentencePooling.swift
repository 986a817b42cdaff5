internal import TLCCore
internal import TLCModel

/// A way of sentence-transformers to make one vector of a text of the states of its tokens.
enum SentencePooling: String, CaseIterable {
  // In the order in which sentence-transformers puts them side by side.
  case firstToken = "pooling_mode_cls_token"
  case greatest = "pooling_mode_max_tokens"
  case mean = "pooling_mode_mean_tokens"
  case meanOfRoot = "pooling_mode_mean_sqrt_len_tokens"
  case weightedMean = "pooling_mode_weightedmean_tokens"
  case lastToken = "pooling_mode_lasttoken"

  /// The ways that a configuration asks for, `1_Pooling/config.json`.
  ///
  /// - Throws: ``LoweringError`` where there is none, or one that has no definition here.
  static func all(_ fields: ConfigurationFields) throws(LoweringError) -> [SentencePooling] {
    var found: [SentencePooling] = []
    for way in allCases where try fields.flag(way.rawValue, default: way == .mean) {
      found.append(way)
    }
    guard !found.isEmpty else { throw fields.malformed("it asks for no way of pooling") }
    let others = fields.json.members?.first { key, value in
      guard case .boolean(let isAsked) = value else { return false }
      return isAsked && key.hasPrefix("pooling_mode") && Self(rawValue: key) == nil
    }
    if let others { throw fields.malformed("\"\(others.key)\" has no definition here") }
    guard fields["pooling_mode"] == nil else {
      throw fields.malformed("\"pooling_mode\" has no definition here, but a flag a way")
    }
    guard try fields.flag("include_prompt", default: true) else {
      throw fields.malformed(
        "\"include_prompt\" is false, and which tokens are of the prompt is not an input")
    }
    return found
  }

  /// The vector of each text, [batch, width].
  func add(
    to graph: inout EncoderGraph, _ tokens: EncodedTokens
  ) throws(LoweringError) -> GraphBuilder.Value {
    switch self {
    case .firstToken: try graph.firstToken(tokens)
    case .greatest: try graph.greatest(of: tokens)
    case .mean: try graph.mean(of: tokens, weights: try graph.tokenWeights(), name: "mean")
    case .meanOfRoot:
      try graph.mean(of: tokens, weights: try graph.tokenWeights(), isRoot: true, name: "root_mean")
    case .weightedMean:
      try graph.mean(of: tokens, weights: try graph.rankWeights(), name: "weighted_mean")
    case .lastToken: try graph.sum(of: tokens, weights: try graph.lastWeights(), name: "last_token")
    }
  }
}

extension EncoderGraph {
  /// 1 of each token that takes part, `f32` [batch, sequence].
  fileprivate mutating func tokenWeights() throws(LoweringError) -> Value {
    try add("Cast", [mask], ["to": .int(1)], name: "pooling.mask")
  }

  /// The position of each token that takes part, from 1 up.
  fileprivate mutating func rankWeights() throws(LoweringError) -> Value {
    let ranks = try add("Add", [try positions(), try integer(1)], name: "pooling.ranks")
    let kept = try add("Mul", [ranks, mask], name: "pooling.weights")
    return try add("Cast", [kept], ["to": .int(1)], name: "pooling.weights.float")
  }

  /// 1 of the last token that takes part.
  fileprivate mutating func lastWeights() throws(LoweringError) -> Value {
    let one = try integer(1)
    let left = try add("CumSum", [mask, one], ["reverse": .int(1)], name: "pooling.left")
    let isLast = try add("Equal", [left, one], name: "pooling.last")
    let last = try add("Cast", [isLast], ["to": .int(7)], name: "pooling.last.integer")
    let kept = try add("Mul", [last, mask], name: "pooling.last.kept")
    return try add("Cast", [kept], ["to": .int(1)], name: "pooling.last.float")
  }

  /// Σ states · weights over tokens, [batch, width].
  fileprivate mutating func sum(
    of tokens: EncodedTokens, weights: Value, name: String
  ) throws(LoweringError) -> Value {
    let factors = try add(
      "Unsqueeze", [weights, try integers([2])], name: "pooling.\(name).factors")
    let weighed = try add("Mul", [tokens.states, factors], name: "pooling.\(name).weighed")
    return try add(
      "ReduceSum", [weighed, try integers([1])], ["keepdims": .int(0)],
      name: "pooling.\(name).sum")
  }

  /// That sum, divided by that of the weights, or its square root.
  fileprivate mutating func mean(
    of tokens: EncodedTokens, weights: Value, isRoot: Bool = false, name: String
  ) throws(LoweringError) -> Value {
    let sum = try sum(of: tokens, weights: weights, name: name)
    let total = try add(
      "ReduceSum", [weights, try integers([1])], name: "pooling.\(name).total")
    var divisor = try add("Max", [total, try number(1e-9)], name: "pooling.\(name).bounded")
    if isRoot { divisor = try add("Sqrt", [divisor], name: "pooling.\(name).root") }
    return try add("Div", [sum, divisor], name: "pooling.\(name)")
  }

  /// The greatest of each feature among tokens that take part.
  fileprivate mutating func greatest(of tokens: EncodedTokens) throws(LoweringError) -> Value {
    let wide = try add("Unsqueeze", [mask, try integers([2])], name: "pooling.mask.wide")
    let isPadding = try add("Equal", [wide, try integer(0)], name: "pooling.padding")
    let states = try add(
      "Where", [isPadding, try number(-1e9), tokens.states], name: "pooling.max.states")
    return try add(
      "ReduceMax", [states, try integers([1])], ["keepdims": .int(0)], name: "pooling.max")
  }
}
