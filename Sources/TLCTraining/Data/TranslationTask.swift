internal import TLCCore

/// Texts with their translations.
///
/// A batch is filled up to one length on each side, a multiple of 8 where the model takes as many. It
/// has so many pairs, drawn from all; or, where a greatest number of tokens is given, an example is a
/// bucket: pairs of like lengths, as many as its tokens allow. Which pairs of one length are together
/// is drawn anew in each epoch, and so is the order of buckets.
public struct TranslationTask: TrainingTask {
  /// A text and its translation.
  public struct Pair: Equatable, Sendable {
    /// The tokens of the text, with those around it.
    public var source: [Int32]
    /// The tokens of the translation, with those around it: each but the last is read, and each but
    /// the first is a label.
    public var target: [Int32]

    /// A text and its translation.
    public init(source: [Int32], target: [Int32]) {
      self.source = source
      self.target = target
    }
  }

  private let training: PairBuckets
  private let measuring: PairBuckets
  private let sequenceCount: Int
  private let paddingID: Int
  private let hasTokenLimit: Bool

  /// Pairs to learn from, and to measure with.
  ///
  /// - Parameters:
  ///   - training: what to learn from.
  ///   - measuring: what to measure with.
  ///   - sequenceCount: the most tokens that the model takes on a side.
  ///   - paddingID: the token that fills short texts up.
  ///   - tokenCount: the most tokens of a bucket on a side, with what fills it up; `nil` where a batch
  ///     is of so many pairs.
  /// - Throws: ``TrainingError/data(_:)`` where there are no pairs, or one is empty, too long for the
  ///   model, or too long for a bucket.
  public init(
    training: [Pair], measuring: [Pair], sequenceCount: Int, paddingID: Int,
    greatestTokenCount tokenCount: Int? = nil
  ) throws(TrainingError) {
    for (name, pairs) in [("learn from", training), ("measure with", measuring)] {
      guard !pairs.isEmpty else { throw .data("there are no pairs to \(name)") }
      for (place, pair) in pairs.enumerated() {
        guard (1...sequenceCount).contains(pair.source.count),
          (2...sequenceCount + 1).contains(pair.target.count)
        else {
          throw .data(
            "pair \(place + 1) to \(name) has \(pair.source.count) tokens and"
              + " \(pair.target.count - 1) to write, not 1 to \(sequenceCount)")
        }
        let length = PairBuckets.Lengths(pair, most: sequenceCount).longest
        if let tokenCount, length > tokenCount {
          throw .data(
            "pair \(place + 1) to \(name) takes \(length) tokens, above the \(tokenCount) of a"
              + " batch")
        }
      }
    }
    self.training = PairBuckets(training, most: sequenceCount, tokenCount: tokenCount)
    self.measuring = PairBuckets(measuring, most: sequenceCount, tokenCount: tokenCount)
    self.sequenceCount = sequenceCount
    self.paddingID = paddingID
    hasTokenLimit = tokenCount != nil
  }

  /// How many pairs there are to learn from.
  public var pairCount: Int { training.pairs.count }

  public var exampleCount: Int { hasTokenLimit ? training.buckets.count : training.pairs.count }

  public func batch(from place: Int, count: Int, seed: UInt64) -> TrainingBatch {
    let examples = EpochOrder(count: exampleCount, seed: seed)
      .examples(from: place, count: count)
    guard hasTokenLimit else { return batch(examples.map { training.pairs[$0] }) }
    return batch(
      examples.enumerated().flatMap { index, bucket in
        training.pairs(of: bucket, epoch: (place + index) / exampleCount, seed: seed)
      })
  }

  public func measuringBatches(of count: Int) -> [TrainingBatch] {
    guard hasTokenLimit else {
      return stride(from: 0, to: measuring.pairs.count, by: count).map { start in
        batch(measuring.sorted[start..<min(start + count, measuring.pairs.count)])
      }
    }
    return stride(from: 0, to: measuring.buckets.count, by: count).map { start in
      let buckets = measuring.buckets[start..<min(start + count, measuring.buckets.count)]
      return batch(buckets.flatMap { measuring.sorted[$0] })
    }
  }

  private func batch(_ pairs: some Collection<Pair>) -> TrainingBatch {
    let all = pairs.map { PairBuckets.Lengths($0, most: sequenceCount) }
    let (sourceLength, targetLength) = (
      all.reduce(1) { max($0, $1.source) }, all.reduce(1) { max($0, $1.target) }
    )
    var (ids, mask, written, labels) = ([Int64](), [Int64](), [Int64](), [Int64]())
    func fill(_ list: inout [Int64], _ tokens: some Sequence<Int32>, to length: Int, with id: Int) {
      let start = list.count
      for token in tokens { list.append(Int64(token)) }
      while list.count < start + length { list.append(Int64(id)) }
    }
    for pair in pairs {
      fill(&ids, pair.source, to: sourceLength, with: paddingID)
      fill(&mask, pair.source.map { _ in 1 }, to: sourceLength, with: 0)
      fill(&written, pair.target.dropLast(), to: targetLength, with: paddingID)
      fill(&labels, pair.target.dropFirst(), to: targetLength, with: CrossEntropy.ignoredLabel)
    }
    let labelCount = pairs.reduce(0) { $0 + $1.target.count - 1 }
    let (source, target) = (
      Shape.matrix(pairs.count, sourceLength), Shape.matrix(pairs.count, targetLength)
    )
    return TrainingBatch(
      inputs: [
        "input_ids": Tensor(ids, shape: source), "attention_mask": Tensor(mask, shape: source),
        "decoder_input_ids": Tensor(written, shape: target),
        "labels": Tensor(labels, shape: target),
      ], labelCount: labelCount,
      tokenCount: labelCount + pairs.reduce(0) { $0 + $1.source.count },
      sequenceCount: max(sourceLength, targetLength))
  }
}
