internal import TLCKernels
internal import TLCText

/// A label, and how much a model holds it to be right.
public struct ScoredLabel: Equatable, Sendable {
  /// The name that the model's configuration gives the label.
  public var label: String
  /// From 0 to 1, but for a regression, whose number it is.
  public var score: Float
}

/// A token of a text, and its label.
public struct LabelledToken: Equatable, Sendable {
  /// The token, as the vocabulary spells it.
  public var token: String
  /// The label, and its score.
  public var label: ScoredLabel
}

extension TextModel {
  /// A vector of each text, behind the prompt that the checkpoint puts before texts where nothing else
  /// is said.
  ///
  /// - Throws: ``TextModelError`` where the model gives none.
  public func embed(_ texts: [String]) throws -> [[Float]] {
    let prepared = texts.map { (text: settings.prepared($0), pair: String?.none) }
    return try map(prepared, output: "sentence_embedding") { row, _ in row.elements }
  }

  /// The labels of each text, or pair, those of the highest scores first.
  ///
  /// - Throws: ``TextModelError`` where the model gives no labels of texts.
  public func classify(_ texts: [(text: String, pair: String?)]) throws -> [[ScoredLabel]] {
    try map(texts, output: "logits") { row, _ in
      guard row.lengths.count == 1 else {
        throw TextModelError.shape("logits", "a matrix a text")
      }
      let scores =
        switch settings.scores(labelCount: row.elements.count) {
        case .softmax: RowFunctions.softmax(row.elements)
        case .sigmoid: row.elements.map { FloatFunctions.sigmoid($0) }
        case .plain: row.elements
        }
      return scores.places(ofGreatest: scores.count).map {
        ScoredLabel(label: settings.label($0), score: scores[$0])
      }
    }
  }

  /// The tokens of each text, without those of the template, and the likeliest label of each.
  ///
  /// - Throws: ``TextModelError`` where the model gives no labels of tokens.
  public func labelTokens(_ texts: [String]) throws -> [[LabelledToken]] {
    try map(texts.map { ($0, nil) }, output: "logits") { row, tokens in
      guard row.lengths.count == 2, row.lengths[0] == tokens.ids.count, row.lengths[1] > 0 else {
        throw TextModelError.shape("logits", "no vector a token")
      }
      return tokens.ids.indices.filter { tokens.specialTokensMask[$0] == 0 }.map { place in
        let scores = RowFunctions.softmax(row.token(place))
        let best = scores.places(ofGreatest: 1)[0]
        return LabelledToken(
          token: tokenizer.token(of: Int(tokens.ids[place])) ?? "",
          label: ScoredLabel(label: settings.label(best), score: scores[best]))
      }
    }
  }
}

extension [Float] {
  /// Where the greatest elements are, the greatest first; of equal ones the first one first, and
  /// NaNs last.
  func places(ofGreatest count: Int) -> [Int] {
    func key(_ place: Int) -> (Float, Int) {
      (self[place].isNaN ? -.infinity : self[place], -place)
    }
    return Array<Int>(indices.sorted { key($0) > key($1) }.prefix(count))
  }
}
