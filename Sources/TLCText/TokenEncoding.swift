/// A text, or a pair of them, as a model takes it. All arrays have one element a token.
public struct TokenEncoding: Equatable, Sendable {
  /// The ids of the tokens.
  public var ids: [Int32] = []
  /// Which of the texts each token is of, as the tokenizer's template has it.
  public var typeIDs: [Int32] = []
  /// 1, and 0 for padding.
  public var attentionMask: [Int32] = []
  /// 1 for padding and for tokens that the template adds, and 0 for those of the texts.
  public var specialTokensMask: [Int32] = []

  /// No tokens.
  public init() {}

  mutating func append(_ more: some Collection<Int32>, typeID: Int32, isSpecial: Bool) {
    ids.append(contentsOf: more)
    typeIDs.append(contentsOf: repeatElement(typeID, count: more.count))
    attentionMask.append(contentsOf: repeatElement(1, count: more.count))
    specialTokensMask.append(contentsOf: repeatElement(isSpecial ? 1 : 0, count: more.count))
  }
}
