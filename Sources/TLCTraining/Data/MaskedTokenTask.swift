internal import TLCCore

/// Texts whose tokens are masked by chance, each time they are read anew: 15% are to be predicted, of
/// which 80% are masked, 10% replaced by others, and 10% stay (Devlin et al., 2019).
public struct MaskedTokenTask: TrainingTask {
  /// The tokens of a text, with the two around it.
  public let sequenceCount: Int
  private let training: [Int32]
  private let measuring: [Int32]
  private let special: SpecialTokens
  private let vocabularyCount: Int
  /// How many tokens of a text are to be predicted.
  public let predictedCount: Int

  /// The share of tokens to be predicted.
  public static let predictedShare = 0.15
  /// The seed of what is masked for measuring: the same for every model.
  public static let measuringSeed: UInt64 = 0x7E57

  /// Texts cut to one length.
  ///
  /// - Parameters:
  ///   - training: tokens to learn from, texts one after the other.
  ///   - measuring: tokens to measure with.
  ///   - sequenceCount: the tokens of a text, with the two around it; at least 8.
  ///   - vocabularyCount: how many tokens there are.
  ///   - special: the tokens that stand for no text.
  /// - Throws: ``TrainingError/data(_:)`` where there is not one text of the length.
  public init(
    training: [Int32], measuring: [Int32], sequenceCount: Int, vocabularyCount: Int,
    special: SpecialTokens
  ) throws(TrainingError) {
    guard sequenceCount >= 8 else {
      throw .settings("texts of \(sequenceCount) tokens are shorter than 8")
    }
    for (name, tokens) in [("learn from", training), ("measure with", measuring)] {
      guard tokens.count >= sequenceCount - 2 else {
        throw .data(
          "there are \(tokens.count) tokens to \(name), fewer than the \(sequenceCount - 2) of one"
            + " text")
      }
      if let wrong = tokens.first(where: { !(0..<Int32(vocabularyCount)).contains($0) }) {
        throw .data("token \(wrong) is not below the \(vocabularyCount) of the vocabulary")
      }
    }
    self.training = training
    self.measuring = measuring
    self.sequenceCount = sequenceCount
    self.vocabularyCount = vocabularyCount
    self.special = special
    predictedCount = max(1, Int((Double(sequenceCount) * Self.predictedShare).rounded()))
  }

  public var exampleCount: Int { training.count / (sequenceCount - 2) }

  public func batch(from place: Int, count: Int, seed: UInt64) -> TrainingBatch {
    let examples = EpochOrder(count: exampleCount, seed: seed)
      .examples(from: place, count: count)
    // What is masked depends on how often the example was read, and so on its place.
    return batch(
      of: training, examples, seeds: (place..<place + count).map { Self.mixed(seed, $0) })
  }

  public func measuringBatches(of count: Int) -> [TrainingBatch] {
    let examples = measuring.count / (sequenceCount - 2)
    return stride(from: 0, to: examples, by: count).map { start in
      let places = start..<min(start + count, examples)
      return batch(
        of: measuring, Array(places), seeds: places.map { Self.mixed(Self.measuringSeed, $0) })
    }
  }

  private static func mixed(_ seed: UInt64, _ place: Int) -> UInt64 {
    (seed &+ 1) &* 0xD129_0D3A_7C0F_5B27 ^ UInt64(place) &* 0x8CB9_2BA7_2F3D_8DD7
  }

  private func batch(of tokens: [Int32], _ examples: [Int], seeds: [UInt64]) -> TrainingBatch {
    var (ids, places, labels) = ([Int64](), [Int64](), [Int64]())
    var labelCount = 0
    let inner = sequenceCount - 2
    for (row, example) in examples.enumerated() {
      var random = SplitMix64(seed: seeds[row])
      var text = [Int64(special.start)]
      text += tokens[example * inner..<(example + 1) * inner].map { Int64($0) }
      text.append(Int64(special.end))
      let ordinary = (1..<sequenceCount - 1).filter { !special.all.contains(Int(text[$0])) }
      let chosen = ordinary.shuffled(using: &random).prefix(predictedCount).sorted()
      for place in chosen {
        places.append(Int64(row * sequenceCount + place))
        labels.append(text[place])
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<8: text[place] = Int64(special.mask)
        case 8: text[place] = Int64.random(in: 0..<Int64(vocabularyCount), using: &random)
        default: break
        }
      }
      for _ in chosen.count..<predictedCount {
        places.append(Int64(row * sequenceCount))
        labels.append(Int64(CrossEntropy.ignoredLabel))
      }
      labelCount += chosen.count
      ids += text
    }
    let shape = Shape.matrix(examples.count, sequenceCount)
    let predicted = Shape.vector(places.count)
    return TrainingBatch(
      inputs: [
        "input_ids": Tensor(ids, shape: shape),
        "attention_mask": Tensor([Int64](repeating: 1, count: ids.count), shape: shape),
        "places": Tensor(places, shape: predicted), "labels": Tensor(labels, shape: predicted),
      ], labelCount: labelCount, tokenCount: ids.count, sequenceCount: sequenceCount)
  }
}

extension Shape {
  /// The shape of a table.
  static func matrix(_ rows: Int, _ columns: Int) -> Shape {
    guard let shape = Shape([rows, columns]) else {
      preconditionFailure("a table of \(rows) and \(columns)")
    }
    return shape
  }
}
