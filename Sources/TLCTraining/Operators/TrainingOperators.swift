public import TLCModel

/// Operators that training has and files do not: their domain stands in no graph that is written.
public enum TrainingOperators {
  /// Their domain.
  public static let domain = "tlc.training"

  /// ONNX's operators and these.
  public static let registry = OperatorRegistry.standard.adding(AttentionTraining.self)
    .adding(CrossEntropy.self).adding(Distillation.self).adding(Dropout.self).adding(Linear.self)
}
