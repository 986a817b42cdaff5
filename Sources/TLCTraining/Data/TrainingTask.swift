public import TLCCore

/// What a step of training is given.
public struct TrainingBatch: Sendable {
  /// The inputs of the graph, but for the seed of dropout.
  public var inputs: [String: Tensor]
  /// How many labels count.
  public var labelCount: Int
  /// How many tokens are read, padding not counted.
  public var tokenCount: Int
  /// The tokens of the longest text.
  public var sequenceCount: Int
}

/// Examples to learn from, and to measure with.
///
/// Batches are functions of their numbers: training goes on anywhere without having been there.
public protocol TrainingTask: Sendable {
  /// How many examples there are to learn from.
  var exampleCount: Int { get }

  /// A batch to learn from.
  ///
  /// - Parameters:
  ///   - place: the number of its first example, counted over all epochs.
  ///   - count: how many examples it has.
  ///   - seed: of the order of examples, and of what is drawn for them.
  func batch(from place: Int, count: Int, seed: UInt64) -> TrainingBatch

  /// Batches to measure with, the same ones every time.
  ///
  /// - Parameter count: how many examples a batch has, at most.
  func measuringBatches(of count: Int) -> [TrainingBatch]
}

/// The order of examples: another permutation in each epoch.
struct EpochOrder {
  private let count: Int
  private let seed: UInt64

  init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
  }

  /// The examples at places that are counted over all epochs.
  func examples(from place: Int, count wanted: Int) -> [Int] {
    var examples: [Int] = []
    examples.reserveCapacity(wanted)
    var (epoch, order) = (-1, [Int]())
    for place in place..<place + wanted {
      if place / count != epoch {
        epoch = place / count
        var random = Self.generator(seed: seed, epoch: epoch)
        order = (0..<count).shuffled(using: &random)
      }
      examples.append(order[place % count])
    }
    return examples
  }

  /// The generator of an epoch.
  ///
  /// Seeds and epochs that follow each other are mixed first: a step of SplitMix64 from a seed, or any
  /// multiple of it, would give the numbers of another epoch, later, and so nearly its order.
  private static func generator(seed: UInt64, epoch: Int) -> SplitMix64 {
    var seeds = SplitMix64(seed: seed)
    var epochs = SplitMix64(seed: seeds.next() &+ UInt64(epoch))
    return SplitMix64(seed: epochs.next())
  }
}
