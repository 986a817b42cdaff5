/// The ids of tokens that stand for no text.
public struct SpecialTokens: Equatable, Sendable {
  /// Stands before a text.
  public var start: Int
  /// Fills a short text up.
  public var padding: Int
  /// Stands behind a text.
  public var end: Int
  /// Stands in the place of a token that is to be predicted.
  public var mask: Int

  /// These tokens.
  public init(start: Int, padding: Int, end: Int, mask: Int) {
    self.start = start
    self.padding = padding
    self.end = end
    self.mask = mask
  }

  /// Their ids.
  public var all: [Int] { [start, padding, end, mask] }
}
