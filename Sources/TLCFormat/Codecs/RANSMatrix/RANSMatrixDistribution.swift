internal import TLCCore

/// The distributions that residuals are coded by: mixtures of normal ones, in integers.
/// `formats/codecs/rans-matrix.md` §Distributions.
struct RANSMatrixDistribution: Equatable, Sendable {
  /// How much of each component there is; not all 0.
  let weights: [Int]

  /// 2²⁴ · (Φ(𝑖/16) − ½), Φ the distribution function of the normal distribution.
  private static let normal: [Int] = [
    0, 418049, 834469, 1247649, 1656017, 2058056, 2452322, 2837457,
    3212207, 3575431, 3926111, 4263362, 4586432, 4894713, 5187734, 5465166,
    5726815, 5972615, 6202629, 6417030, 6616099, 6800213, 6969831, 7125485,
    7267769, 7397324, 7514829, 7620990, 7716527, 7802169, 7878642, 7946660,
    8006924, 8060109, 8106863, 8147804, 8183515, 8214543, 8241397, 8264547,
    8284427, 8301432, 8315922, 8328219, 8338616, 8347371, 8354716, 8360853,
    8365960, 8370195, 8373693, 8376570, 8378927, 8380851, 8382416, 8383683,
    8384705, 8385527, 8386184, 8386708, 8387125, 8387454, 8387714, 8387917,
    8388077, 8388201, 8388297, 8388371, 8388429, 8388473, 8388506, 8388532,
    8388551, 8388566, 8388577, 8388585, 8388591, 8388595, 8388599, 8388601,
    8388603, 8388605, 8388606, 8388606, 8388607, 8388607, 8388607, 8388608,
    8388608, 8388608, 8388608, 8388608, 8388608, 8388608, 8388608, 8388608,
    8388608,
  ]
  /// 2¹⁵ · 2^(−𝑖/8).
  private static let eighths = [32_768, 30_048, 27_554, 25_268, 23_170, 21_247, 19_484, 17_867]

  /// The most quarters that a slot is asked for.
  private static let greatestQuarters = 4 * 128 + 4
  /// For each level, how likely it is between 0 and each number of quarters.
  private static let masses: [Int32] = (0..<RANSMatrixCodec.levelCount).flatMap { level in
    (0...greatestQuarters).map { Int32(computedMass(level: level, quarters: $0)) }
  }

  /// How likely a component of this level is between 0 and so many quarters, in units of 2⁻²⁴.
  static func mass(level: Int, quarters: Int) -> Int {
    let level = min(max(level, 0), RANSMatrixCodec.levelCount - 1)
    let mass = Int(masses[level * (greatestQuarters + 1) + abs(quarters)])
    return quarters < 0 ? -mass : mass
  }

  private static func computedMass(level: Int, quarters: Int) -> Int {
    let distance = (quarters * eighths[level & 7]) >> (2 + level >> 3)
    let place = distance >> 8
    guard place < normal.count - 1 else { return 1 << 23 }
    return normal[place] + ((normal[place + 1] - normal[place]) * (distance & 255)) >> 8
  }

  /// The level of a component of the distribution at `level`.
  static func level(ofComponent component: Int, at level: Int) -> Int { level + 4 * component - 12 }

  /// The slots of residuals at a level, whose predictions have a fraction of `phase` − 2 quarters.
  func table(level: Int, phase: Int, precision: Int) -> RANSMatrixTable {
    let total = weights.reduce(0, +)
    var least = 0
    var greatest = -1
    var frequencies: [UInt32] = []
    func slot(_ quarters: Int) -> Int {
      var sum = total << 23
      for (component, weight) in weights.enumerated() where weight > 0 {
        sum +=
          weight
          * Self.mass(level: Self.level(ofComponent: component, at: level), quarters: quarters)
      }
      return (sum << precision) / (total << 24)
    }
    // Of residual r, the slots from that of 4r − 2 − f on.
    let first = -phase
    var start = slot(first)
    var end = slot(first + 4)
    if end > start {
      frequencies = [UInt32(end - start)]
      greatest = 0
      while greatest < RANSMatrixCodec.residuals.upperBound {
        let next = slot(first + 4 * greatest + 8)
        guard next > end else { break }
        frequencies.append(UInt32(next - end))
        greatest += 1
        end = next
      }
      var below: [UInt32] = []
      while least > RANSMatrixCodec.residuals.lowerBound {
        let next = slot(first + 4 * least - 4)
        guard next < start else { break }
        below.append(UInt32(start - next))
        least -= 1
        start = next
      }
      frequencies = below.reversed() + frequencies
    }
    var escape = 1 << precision - frequencies.reduce(0) { $0 + Int($1) }
    if escape == 0 {
      frequencies[-least] -= 1
      escape = 1
    }
    frequencies.append(UInt32(escape))
    return RANSMatrixTable(least: least, greatest: greatest, frequencies: frequencies)
  }
}

/// The frequencies of a window of residuals, and of the escape.
struct RANSMatrixTable: Equatable, Sendable {
  /// The window's first and last residual; 0 and −1 where it has none.
  let least: Int
  let greatest: Int
  /// Those of the window's residuals, and last the escape's.
  let frequencies: [UInt32]

  /// What is written of a residual outside the window.
  func escape(of residual: Int) -> UInt32 {
    residual > greatest
      ? UInt32(2 * (residual - greatest - 1)) : UInt32(2 * (least - residual - 1) + 1)
  }

  /// The residual outside the window of which `escape` was written.
  func residual(ofEscape escape: UInt32) -> Int {
    escape & 1 == 0 ? greatest + 1 + Int(escape >> 1) : least - 1 - Int(escape >> 1)
  }
}
