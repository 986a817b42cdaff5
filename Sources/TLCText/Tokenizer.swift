/// Turns text into the ids of tokens, and ids into text, as the `tokenizers` library does with the
/// same files.
///
/// A value: ``truncation`` and ``padding`` are those of the files, and may be changed.
public struct Tokenizer: Sendable {
  let normalizer: BertNormalizer?
  let model: any SubwordModel
  let added: AddedVocabulary
  let template: EncodingTemplate
  let decoder: TokenDecoder
  /// How texts are cut that have too many tokens; `nil` where they are not.
  public var truncation: Truncation?
  /// How encodings are filled to one length; `nil` where they are not.
  public var padding: Padding?

  /// One more than the largest id of a token: the rows that an embedding must have.
  public var idCount: Int {
    max(model.vocabulary.idCount, added.tokens.last.map { Int($0.id) + 1 } ?? 0)
  }

  /// The id of a token, as the vocabulary spells it.
  public func id(of token: String) -> Int? {
    let spelling = Array(token.utf8)
    let found =
      added.tokens.first { $0.content == spelling }?.id ?? model.vocabulary.id(of: spelling)
    return found.map { Int($0) }
  }

  /// The token of an id, as the vocabulary spells it.
  public func token(of id: Int) -> String? {
    let content = Int32(exactly: id).flatMap { added.token($0)?.content }
    return (content ?? model.vocabulary.token(id)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The text of tokens. Ids of no token are left out.
  public func decode(
    _ ids: some Sequence<Int32>, skippingSpecialTokens: Bool = true
  ) -> String {
    decoder.decode(
      ids.compactMap { id in
        guard let token = added.token(id) else { return model.vocabulary.token(Int(id)) }
        return skippingSpecialTokens && token.isSpecial ? nil : token.spelling
      })
  }

  /// The tokens of a text as it is, without a template, truncation or padding.
  func ids(of text: String) -> [Int32] {
    let text = Array(text.utf8)
    var ids: [Int32] = []
    added.forEachPart(of: text, 0..<text.count, isNormalized: false) { part, token in
      if let token {
        ids.append(token.id)
      } else if let normalized = normalizer?.normalize(text, part) {
        append(normalized, 0..<normalized.count, to: &ids)
      } else {
        append(text, part, to: &ids)
      }
    }
    return ids
  }

  /// Appends the tokens of normalized text.
  private func append(_ text: [UInt8], _ range: Range<Int>, to ids: inout [Int32]) {
    guard added.hasNormalized else {
      model.encode(text, range, into: &ids)
      return
    }
    added.forEachPart(of: text, range, isNormalized: true) { part, token in
      if let token {
        ids.append(token.id)
      } else {
        model.encode(text, part, into: &ids)
      }
    }
  }
}
