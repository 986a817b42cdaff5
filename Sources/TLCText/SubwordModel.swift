/// A vocabulary, and how a piece of normalized text is divided into its tokens.
protocol SubwordModel: Sendable {
  var vocabulary: Vocabulary { get }

  /// Appends the ids of the tokens of `range` of a text in UTF-8.
  func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [Int32])
}
