/// What a tokenizer's files may ask for at most.
public enum TextLimits {
  /// The bytes of one file.
  public static let fileByteCount = 1 << 26
  /// The tokens of a vocabulary; and its merges.
  public static let tokenCount = 2_000_000
  /// The bytes of a token.
  public static let tokenByteCount = 1024
  /// The largest id of a token.
  public static let tokenID = (1 << 22) - 1
  /// The tokens of a text that is padded.
  public static let paddedCount = 1 << 20

  /// Refuses a token that is too long: looking for it would take too long at each place of a text.
  static func check(_ token: [UInt8], file: String) throws(TextError) {
    guard token.count <= tokenByteCount else {
      throw .limit(
        file: file, "a token has \(token.count) bytes, beyond \(tokenByteCount), the limit")
    }
  }
}
