/// What stands on an encoder.
public enum TrainedHead: Equatable, Sendable {
  /// Which token stands where one is masked: the table of tokens is the last matrix too.
  case maskedTokens
  /// Which of so many classes a text is of, from its first token.
  case classes(Int)
}
