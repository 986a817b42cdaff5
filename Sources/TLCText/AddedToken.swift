/// A token that is looked for in the text before anything else is done to it.
struct AddedToken: Sendable {
  /// How the vocabulary spells it.
  let content: [UInt8]
  let id: Int32
  /// How the text does, and the text of it: normalized if it is looked for in normalized text.
  var spelling: [UInt8]
  /// Whether decoding may leave it out.
  var isSpecial = true
  /// Whether it is looked for in normalized text, normalized itself.
  var isNormalized = false
  /// Whether it is not found beside letters, digits, marks and low lines.
  var isSingleWord = false
  /// Whether it takes the white space before it.
  var takesSpaceBefore = false
  /// Whether it takes the white space after it.
  var takesSpaceAfter = false

  init(content: [UInt8], id: Int32) {
    self.content = content
    self.id = id
    spelling = content
  }
}
