internal import TLCCore

/// Texts with a class each.
///
/// Those of a batch are filled up to one length, a multiple of 16 where the model takes as many, so
/// that memory is planned for few lengths.
public struct ClassificationTask: TrainingTask {
  /// A text and its class.
  public struct Example: Equatable, Sendable {
    /// Its tokens, with those around it.
    public var ids: [Int32]
    /// The number of its class.
    public var label: Int

    /// A text of a class.
    public init(ids: [Int32], label: Int) {
      self.ids = ids
      self.label = label
    }
  }

  private let training: [Example]
  private let measuring: [Example]
  private let paddingID: Int
  private let sequenceCount: Int

  /// Examples to learn from, and to measure with.
  ///
  /// - Parameters:
  ///   - training: what to learn from.
  ///   - measuring: what to measure with.
  ///   - classCount: how many classes there are.
  ///   - sequenceCount: the most tokens that the model takes.
  ///   - paddingID: the token that fills short texts up.
  /// - Throws: ``TrainingError/data(_:)`` where there are none, or one has no token, too many, or a
  ///   class that there is not.
  public init(
    training: [Example], measuring: [Example], classCount: Int, sequenceCount: Int, paddingID: Int
  ) throws(TrainingError) {
    for (name, examples) in [("learn from", training), ("measure with", measuring)] {
      guard !examples.isEmpty else { throw .data("there are no examples to \(name)") }
      for (place, example) in examples.enumerated() {
        guard (1...sequenceCount).contains(example.ids.count) else {
          throw .data(
            "example \(place + 1) to \(name) has \(example.ids.count) tokens, not 1 to"
              + " \(sequenceCount)")
        }
        guard (0..<classCount).contains(example.label) else {
          throw .data(
            "example \(place + 1) to \(name) is of class \(example.label), of \(classCount)")
        }
      }
    }
    self.training = training
    self.measuring = measuring
    self.sequenceCount = sequenceCount
    self.paddingID = paddingID
  }

  public var exampleCount: Int { training.count }

  public func batch(from place: Int, count: Int, seed: UInt64) -> TrainingBatch {
    let order = EpochOrder(count: training.count, seed: seed)
    return batch(order.examples(from: place, count: count).map { training[$0] })
  }

  public func measuringBatches(of count: Int) -> [TrainingBatch] {
    stride(from: 0, to: measuring.count, by: count).map {
      batch(Array(measuring[$0..<min($0 + count, measuring.count)]))
    }
  }

  private func batch(_ examples: [Example]) -> TrainingBatch {
    let longest = examples.reduce(1) { max($0, $1.ids.count) }
    let length = min(sequenceCount, (longest + 15) / 16 * 16)
    var (ids, mask) = ([Int64](), [Int64]())
    for example in examples {
      let rest = length - example.ids.count
      ids += example.ids.map { Int64($0) } + [Int64](repeating: Int64(paddingID), count: rest)
      mask += example.ids.map { _ in 1 } + [Int64](repeating: 0, count: rest)
    }
    let shape = Shape.matrix(examples.count, length)
    return TrainingBatch(
      inputs: [
        "input_ids": Tensor(ids, shape: shape), "attention_mask": Tensor(mask, shape: shape),
        "labels": Tensor(examples.map { Int64($0.label) }, shape: .vector(examples.count)),
      ], labelCount: examples.count, tokenCount: examples.reduce(0) { $0 + $1.ids.count },
      sequenceCount: length)
  }
}
