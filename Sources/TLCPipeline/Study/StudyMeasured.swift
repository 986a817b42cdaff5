internal import TLCTraining

/// What models of a study are measured with: to choose, and to report.
enum StudyMeasured: Sendable {
  /// Batches of one task, in turns for validation and for test.
  case alternating(any TrainingTask)
  /// A task of its own for each.
  case separate(validation: any TrainingTask, test: any TrainingTask)
}

/// What the steps of a training read.
struct StudyBatch: Sendable {
  /// What is learnt.
  var task: any TrainingTask
  /// The examples of a step.
  var exampleCount: Int
  /// The texts of a step, or pairs of them, where they differ the mean.
  var textCount: Double
  /// The tokens of a step, where they differ the mean.
  var tokenCount: Int
}
