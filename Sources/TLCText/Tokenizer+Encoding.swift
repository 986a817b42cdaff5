extension Tokenizer {
  /// A text, or a pair, as a model takes it: truncated, with special tokens, and padded.
  ///
  /// - Throws: `TextError.truncation` where truncation is asked for that cannot be.
  public func encode(
    _ text: String, pair: String? = nil, addingSpecialTokens: Bool = true
  ) throws(TextError) -> TokenEncoding {
    try encode([(text, pair)], addingSpecialTokens: addingSpecialTokens)[0]
  }

  /// Texts, padded to one length where ``padding`` is that of the longest.
  ///
  /// - Throws: `TextError.truncation` where truncation is asked for that cannot be.
  public func encode(
    _ batch: [(text: String, pair: String?)], addingSpecialTokens: Bool = true
  ) throws(TextError) -> [TokenEncoding] {
    var encodings: [TokenEncoding] = []
    encodings.reserveCapacity(batch.count)
    for (text, pair) in batch {
      encodings += try windows(text, pair, addingSpecialTokens, isFirstOnly: true)
    }
    padding?.apply(to: &encodings)
    return encodings
  }

  /// A text, or a pair, in as many encodings as it takes to lose no token to ``truncation``, each with
  /// the `stride` last tokens of the one before it. Where both texts of a pair are cut, every window of
  /// the one is with every window of the other.
  ///
  /// - Throws: `TextError.truncation` where truncation is asked for that cannot be.
  public func encodeWindows(
    _ text: String, pair: String? = nil, addingSpecialTokens: Bool = true
  ) throws(TextError) -> [TokenEncoding] {
    var encodings = try windows(text, pair, addingSpecialTokens, isFirstOnly: false)
    padding?.apply(to: &encodings)
    return encodings
  }

  private func windows(
    _ text: String, _ pair: String?, _ addingSpecialTokens: Bool, isFirstOnly: Bool
  ) throws(TextError) -> [TokenEncoding] {
    let first = ids(of: text)
    let second = pair.map { ids(of: $0) }
    guard let truncation else {
      return [encoding(first[...], second?[...], addingSpecialTokens)]
    }
    let special = addingSpecialTokens ? template.specialCount(isPair: pair != nil) : 0
    guard truncation.greatestCount >= special else {
      throw .truncation(
        "\(truncation.greatestCount) tokens are to be left, and the template alone has \(special)")
    }
    let counts = try truncation.counts(
      first: first.count, second: second?.count, budget: truncation.greatestCount - special)
    let firsts = try truncation.windows(count: first.count, length: counts.first)
    guard let second else {
      return firsts.prefix(isFirstOnly ? 1 : firsts.count)
        .map { encoding(first[$0], nil, addingSpecialTokens) }
    }
    let seconds = try truncation.windows(count: second.count, length: counts.second)
    if isFirstOnly {
      return [encoding(first[firsts[0]], second[seconds[0]], addingSpecialTokens)]
    }
    // The first of each; then the other windows of the first text; then the first one with the
    // other windows of the second text.
    let others = firsts.dropFirst().flatMap { one in seconds.map { (one, $0) } }
    let order = [(firsts[0], seconds[0])] + others + seconds.dropFirst().map { (firsts[0], $0) }
    return order.map { encoding(first[$0.0], second[$0.1], addingSpecialTokens) }
  }

  private func encoding(
    _ first: ArraySlice<Int32>, _ second: ArraySlice<Int32>?, _ addingSpecialTokens: Bool
  ) -> TokenEncoding {
    template.encoding(first, second, addingSpecialTokens: addingSpecialTokens)
  }
}
