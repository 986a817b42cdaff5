/// What stands on an encoder.
public enum TrainedHead: Equatable, Sendable {
  /// Which token stands where one is masked: the table of tokens is the last matrix too.
  case maskedTokens
  /// Which of so many classes a text is of, from its first token.
  case classes(Int)
  /// A decoder of so many layers, which writes another text token by token: the table of tokens is
  /// that of both sides, and the last matrix too.
  case decoder(depth: Int)
}
