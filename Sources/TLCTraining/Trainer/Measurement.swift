internal import TLCCore
import TLCKernels
public import TLCModel

/// How good a model is on examples that it did not learn from.
public struct Measurement: Equatable, Sendable {
  /// The mean cross entropy of a label, in nats.
  public var loss: Double
  /// The share of labels that have the greatest score.
  public var accuracy: Double
  /// How many labels were looked at.
  public var labelCount: Int

  /// e to the loss.
  public var perplexity: Double { DoubleFunctions.exp(loss) }

  /// Measures a model on the batches of a task.
  ///
  /// - Parameters:
  ///   - graph: with the outputs `loss`, the sum over labels, and `logits`, a row a label.
  ///   - parameters: its weights.
  ///   - task: what to measure with.
  ///   - batchCount: the examples to run at once.
  ///   - threadCount: the threads to use.
  public init(
    _ graph: Graph, _ parameters: ParameterStore, task: any TrainingTask, batchCount: Int,
    threadCount: Int
  ) throws {
    let session = try TrainingSession(graph, parameters, threadCount: threadCount)
    try self.init(session, task: task, batchCount: batchCount)
  }

  /// Measures a model whose graph is ready.
  public init(
    _ session: TrainingSession, task: any TrainingTask, batchCount: Int
  ) throws {
    self = try Self.combining(try Self.parts(session, task: task, batchCount: batchCount))
  }

  /// What one batch gave.
  public struct Part: Equatable, Sendable {
    /// The sum of the cross entropy of its labels, in nats.
    public var lossSum: Double
    /// How many labels have the greatest score.
    public var rightCount: Int
    /// How many labels were looked at.
    public var labelCount: Int

    /// A part of these sums.
    public init(lossSum: Double, rightCount: Int, labelCount: Int) {
      self.lossSum = lossSum
      self.rightCount = rightCount
      self.labelCount = labelCount
    }
  }

  /// Measures each batch of a task on its own, so that models can be compared batch by batch.
  public static func parts(
    _ session: TrainingSession, task: any TrainingTask, batchCount: Int
  ) throws -> [Part] {
    try task.measuringBatches(of: batchCount).map { batch in
      let outputs = try session.run(batch.inputs)
      let labels = batch.inputs["labels"]?.elements(of: Int64.self) ?? []
      return Part(
        lossSum: Double(outputs[0].elements(of: Float.self)[0]),
        rightCount: labels.isEmpty ? 0 : rightCount(outputs[1], labels),
        labelCount: batch.labelCount)
    }
  }

  /// What parts are together.
  ///
  /// - Throws: ``TrainingError/data(_:)`` where they have no label.
  public static func combining(_ parts: [Part]) throws(TrainingError) -> Measurement {
    let labelCount = parts.reduce(0) { $0 + $1.labelCount }
    guard labelCount > 0 else {
      throw TrainingError.data("the examples to measure with have no label that counts")
    }
    return Measurement(
      loss: parts.reduce(0) { $0 + $1.lossSum } / Double(labelCount),
      accuracy: Double(parts.reduce(0) { $0 + $1.rightCount }) / Double(labelCount),
      labelCount: labelCount)
  }

  private init(loss: Double, accuracy: Double, labelCount: Int) {
    self.loss = loss
    self.accuracy = accuracy
    self.labelCount = labelCount
  }

  private static func rightCount(_ logits: Tensor, _ labels: [Int64]) -> Int {
    guard let length = logits.shape.dimensions.last, length > 0 else { return 0 }
    return logits.withElements(of: Float.self) { scores in
      labels.indices.count { row in
        guard labels[row] >= 0 else { return false }
        var best = 0
        for i in 1..<max(1, length) where scores[row * length + i] > scores[row * length + best] {
          best = i
        }
        return best == Int(labels[row])
      }
    }
  }
}
