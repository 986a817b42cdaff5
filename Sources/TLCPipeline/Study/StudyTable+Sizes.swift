internal import Foundation

/// What the smaller and the larger half of the shapes reach in as many bytes.
extension StudyTable {
  /// The best files of both halves at 16 sizes, between the least that the larger half reaches and the
  /// most that the smaller needs.
  ///
  /// - Parameters:
  ///   - task: which task's files; `nil` for those of masked tokens.
  ///   - bytes: what counts as a file's size.
  ///   - isBetter: which of two files is chosen, by validation.
  /// - Returns: what test texts say of them; `nil` where a shape has fewer files than another, as more
  ///   of them find a better one by chance.
  private func halves(
    seed: Int, task: String?, bytes: (Compressed) -> Double,
    _ isBetter: (Score, Score) -> Bool
  ) -> [(small: Score, large: Score)]? {
    guard models(seed: seed, budget: budgets.last) != nil else { return nil }
    let all = compressed.filter { $0.task == task && $0.budget == budgets.last }
    let files = all.filter { $0.seed == seed }
    let ways = Set(all.map { "\($0.way) \($0.pruning) \($0.sparsity)" })
    guard files.count == shapes.count * ways.count else { return nil }
    let half = shapes.count / 2
    let (small, large) = (
      files.filter { shapes.prefix(half).contains($0.shape) },
      files.filter { shapes.suffix(half).contains($0.shape) }
    )
    guard let low = large.map(bytes).min(), let high = small.map(bytes).max(), low < high else {
      return nil
    }
    func best(_ files: [Compressed], _ most: Double) -> Score? {
      files.filter { bytes($0) <= most }.min { isBetter($0.validation, $1.validation) }?.test
    }
    return (0..<16).compactMap { place in
      let most = place == 15 ? high : low * pow(high / low, Double(place) / 15)
      return best(small, most).flatMap { small in best(large, most).map { (small, $0) } }
    }
  }

  /// The loss of the best file of the smaller half less that of the larger half, the mean over sizes.
  ///
  /// - Parameter bytes: what counts as a file's size.
  func sizeGap(seed: Int, bytes: (Compressed) -> Double) -> StudyContrast? {
    guard let pairs = halves(seed: seed, task: nil, bytes: bytes, { $0.loss < $1.loss }) else {
      return nil
    }
    var contrast = StudyContrast()
    for (small, large) in pairs {
      contrast.add(1 / Double(pairs.count), small)
      contrast.add(-1 / Double(pairs.count), large)
    }
    return contrast
  }

  /// The accuracy of the best file of the larger half less that of the smaller half, the mean over
  /// sizes.
  func sizeGap(seed: Int, task: String) -> Double {
    let pairs =
      halves(seed: seed, task: task, bytes: { $0.bytes }, { $0.accuracy > $1.accuracy }) ?? []
    guard !pairs.isEmpty else { return .nan }
    return pairs.reduce(0) { $0 + ($1.large.accuracy - $1.small.accuracy) } / Double(pairs.count)
  }

  /// The slope of the accuracy that a task's models lose against ln parameters, at the longest budget;
  /// NaN where a shape has no such file.
  ///
  /// - Parameter isSuch: which file of a model it is that loses.
  func accuracySlope(seed: Int, task: String, _ isSuch: (Compressed) -> Bool) -> Double {
    SeedStatistic.slope(
      shapes.map { shape in
        let own = compressed.first {
          $0.shape == shape && $0.seed == seed && $0.task == task && $0.budget == budgets.last
            && isSuch($0)
        }
        let lost = own.flatMap { file in
          exact(of: file).map { $0.test.accuracy - file.test.accuracy }
        }
        return (log(parameters(shape)), lost ?? .nan)
      }, isWhole: true)
  }
}
