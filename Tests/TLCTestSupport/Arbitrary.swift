public import TLCCore

/// A source of test cases that are a function of one seed.
///
/// A property runs once a seed, as a test argument, so that a failure names the seed that replays
/// it.
public struct Arbitrary {
  public var generator: SplitMix64

  public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  public mutating func int(in range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  /// `count` floats: mostly like trained weights, some of them zero, large or tiny.
  public mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      switch int(in: 0...31) {
      case 0: 0
      case 1: .leastNormalMagnitude
      case 2: 40
      default:
        (Float.random(in: -1...1, using: &generator) + Float.random(in: -1...1, using: &generator))
          * Float.random(in: -1...1, using: &generator)
      }
    }
  }

  /// Up to `count` random bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }
}
