internal import TLCKernels
internal import TLCText

/// A part of a text that answers a question.
public struct Answer: Equatable, Sendable {
  /// The part, as the tokenizer makes text of its tokens: where it lowers case, this is lower case.
  public var text: String
  /// From 0 to 1.
  public var score: Float
}

extension TextModel {
  /// The most tokens that neighbouring parts of a long text share.
  private static let greatestOverlap = 128

  /// The likeliest answers to a question that a text has, the best first. A text that is too long is
  /// looked at in parts.
  ///
  /// - Parameters:
  ///   - question: the question.
  ///   - text: where the answers are looked for.
  ///   - count: how many answers to give, at most.
  ///   - tokenCount: how many tokens an answer may have.
  /// - Throws: ``TextModelError`` where the model does not answer; `TextError` where the question
  ///   leaves no room for the text.
  public func answer(
    _ question: String, in text: String, count: Int = 1, tokenCount: Int = 15
  ) throws -> [Answer] {
    for output in ["start_logits", "end_logits"] where !outputs.contains(output) {
      throw TextModelError.output(output, there: outputs)
    }
    var plain = tokenizer
    plain.truncation = nil
    plain.padding = nil
    let asked = try plain.encode(question, addingSpecialTokens: false).ids.count
    let special = try plain.encode("", pair: "").ids.count
    let greatest = settings.greatestTokenCount
    let room = greatest - asked - special
    guard room > 0 else {
      throw TextModelError.text(
        "the question has \(asked) tokens, which leaves no room for a text of the \(greatest)"
          + " that the model takes")
    }
    plain.truncation = Truncation(
      greatestCount: greatest, strategy: .onlySecond,
      stride: min(greatest / 2, Self.greatestOverlap, room - 1))
    var found: [Answer] = []
    for window in try plain.encodeWindows(question, pair: text) {
      found += try answers(window, asked, count: count, tokenCount: tokenCount)
    }
    return found.map(\.score).places(ofGreatest: count).map { found[$0] }
  }

  /// The best answers of one part of a text.
  private func answers(
    _ tokens: TokenEncoding, _ asked: Int, count: Int, tokenCount: Int
  ) throws -> [Answer] {
    let results = try run([tokens])
    guard let first = results["start_logits"], let last = results["end_logits"] else {
      throw TextModelError.output("start_logits", there: outputs)
    }
    let starts = try TensorRow(first, 0, "start_logits")
    let ends = try TensorRow(last, 0, "end_logits")
    guard starts.lengths == [tokens.ids.count], ends.lengths == starts.lengths else {
      throw TextModelError.shape("start_logits", "no number a token")
    }
    // The question's own tokens come first. The first token of all has a share of the likelihood
    // too, and is no answer: some models point there where a text has none.
    let places = tokens.ids.indices.filter { tokens.specialTokensMask[$0] == 0 }.dropFirst(asked)
    guard !places.isEmpty else { return [] }
    func likelihoods(_ row: TensorRow) -> [Float] {
      Array(RowFunctions.softmax(([0] + places).map { row.elements[$0] }).dropFirst())
    }
    let (start, end) = (likelihoods(starts), likelihoods(ends))
    var best: [(score: Float, first: Int, last: Int)] = []
    for first in start.indices {
      for last in first..<first + min(max(tokenCount, 1), end.count - first) {
        best.append((start[first] * end[last], first, last))
      }
    }
    return best.map(\.score).places(ofGreatest: count).map { place in
      let span = best[place]
      let ids = places.dropFirst(span.first).prefix(span.last - span.first + 1)
        .map { tokens.ids[$0] }
      return Answer(text: tokenizer.decode(ids), score: span.score)
    }
  }
}
