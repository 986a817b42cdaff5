/// How a model knows where tokens stand.
public enum PositionKind: String, CaseIterable, Sendable {
  /// By a table with a row for each place, which is learnt: RoBERTa's.
  case learned
  /// By what is taken off scores, the more the further tokens are apart: attention with linear biases
  /// (Press et al., 2022), half of the heads for what stands before a token and half for what stands
  /// behind it (`formats/training.md`). Far fewer steps teach a model where its neighbours stand.
  case alibi
}
