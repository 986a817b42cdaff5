public import TLCCore
public import TLCModel

/// A model that another one learns from, beside its labels.
public final class Teacher {
  private let session: TrainingSession

  /// A model as a teacher.
  ///
  /// - Parameters:
  ///   - model: its shape and head.
  ///   - weights: by name.
  ///   - threadCount: the threads to use.
  public init(
    _ model: EncoderModel, weights: [String: Tensor], threadCount: Int
  ) throws(GraphError) {
    session = try TrainingSession(
      try model.graph(for: .measuring), ParameterStore(weights), threadCount: threadCount)
  }

  /// A batch with an input `teacher`: the teacher's scores of what has labels.
  public func teaching(_ batch: TrainingBatch) throws(GraphError) -> TrainingBatch {
    var batch = batch
    batch.inputs["teacher"] = try session.run(batch.inputs)[1]
    return batch
  }
}
