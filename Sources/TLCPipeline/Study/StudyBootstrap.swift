internal import TLCCore

/// Intervals of 95% by resampling: of blocks of test texts, the same for all models of a resample, and
/// of seeds. `formats/study.md`, "What is read off".
enum StudyBootstrap {
  static let resampleCount = 10_000
  /// The resamples that an interval leaves out at each end.
  private static let tailCount = 250

  /// The interval of the mean over seeds.
  ///
  /// - Parameter contrasts: one a seed.
  /// - Returns: `nil` where they were not measured with the same blocks, a loss is no number, or there
  ///   is no seed.
  static func interval(_ contrasts: [StudyContrast]) -> ClosedRange<Double>? {
    let seeds = contrasts.compactMap { $0.blocks }
    guard let labelCounts = seeds.first?.labelCounts, seeds.count == contrasts.count,
      seeds.allSatisfy({ $0.labelCounts == labelCounts })
    else { return nil }
    let sums = seeds.map { $0.sums }
    var random = SplitMix64(seed: 0)
    /// A number below a limit.
    func draw(_ limit: Int) -> Int {
      Int(random.next().multipliedFullWidth(by: UInt64(limit)).high)
    }
    var blocks = [Int](repeating: 0, count: labelCounts.count)
    var means = [Double](repeating: 0, count: resampleCount)
    for resample in means.indices {
      var labels = 0.0
      for place in blocks.indices {
        blocks[place] = draw(blocks.count)
        labels += labelCounts[blocks[place]]
      }
      var total = 0.0
      for _ in sums.indices {
        let own = sums[draw(sums.count)]
        for block in blocks { total += own[block] }
      }
      means[resample] = total / labels / Double(sums.count)
    }
    guard means.allSatisfy({ $0.isFinite }) else { return nil }
    means.sort()
    return means[tailCount]...means[resampleCount - 1 - tailCount]
  }
}
