/// A token that is looked for in the text before anything else is done to it.
struct AddedToken: Sendable {
  var content: [UInt8]
  var id: Int32
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
}
