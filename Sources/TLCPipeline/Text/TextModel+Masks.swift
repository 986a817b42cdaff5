internal import TLCKernels
internal import TLCText

/// A token that may stand in the place of a mask.
public struct MaskCandidate: Equatable, Sendable {
  /// The token, as the vocabulary spells it.
  public var token: String
  /// Its id.
  public var id: Int
  /// From 0 to 1.
  public var score: Float
}

extension TextModel {
  /// The text of the token that stands for one that is looked for; `nil` where the tokenizer has
  /// none.
  public var maskToken: String? {
    ([settings.mask].compactMap { $0 } + ["[MASK]", "<mask>"]).first {
      tokenizer.id(of: $0) != nil
    }
  }

  /// The likeliest tokens for each mask of each text, in order.
  ///
  /// - Parameters:
  ///   - texts: each has ``maskToken`` once or more.
  ///   - count: how many tokens to give for a mask, at most.
  /// - Throws: ``TextModelError`` where the model gives no scores of tokens, or a text has no mask.
  public func fillMasks(_ texts: [String], count: Int = 5) throws -> [[[MaskCandidate]]] {
    guard let mask = maskToken, let id = tokenizer.id(of: mask) else {
      throw TextModelError.text("the tokenizer has no token for a mask")
    }
    let output = outputs.contains("prediction_logits") ? "prediction_logits" : "logits"
    return try map(texts.map { ($0, nil) }, output: output) { row, tokens in
      guard row.lengths.count == 2, row.lengths[0] == tokens.ids.count else {
        throw TextModelError.shape(output, "no vector a token")
      }
      let masks = tokens.ids.indices.filter { Int(tokens.ids[$0]) == id }
      guard !masks.isEmpty else {
        throw TextModelError.text("a text has no \(mask) among the tokens that the model takes")
      }
      return masks.map { place in
        let scores = RowFunctions.softmax(row.token(place))
        return scores.places(ofGreatest: count).map {
          MaskCandidate(token: tokenizer.token(of: $0) ?? "", id: $0, score: scores[$0])
        }
      }
    }
  }
}
