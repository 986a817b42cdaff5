/// A statement of Li et al. (2020), and what a study says of it.
public struct StudyClaim: Sendable {
  /// What was found.
  public enum Verdict: String, Sendable {
    /// The intervals of 95% lie on the statement's side, and of a headline the test holds among all
    /// of them (Holm).
    case supported
    /// The intervals lie on the other side, and the test holds as well.
    case notSupported = "not supported"
    /// Neither, or there is no result.
    case undecided
    /// One seed says nothing of others.
    case oneSeed = "undecided: one seed"
  }

  /// Its short name, as `C1a`.
  public var name: String
  /// The statement.
  public var statement: String
  /// What is measured to test it.
  public var statistic: String
  /// Whether it is one of those that are fixed before any result, over which Holm corrects.
  public var isHeadline: Bool
  /// The number of each seed that has all that it needs.
  public var values: [(seed: Int, value: Double)]
  /// The mean over seeds.
  public var mean: Double
  /// Student's interval of 95%; `nil` where there are too few seeds.
  public var interval: ClosedRange<Double>?
  /// The interval of 95% when blocks of texts and seeds are resampled; `nil` where the number is no
  /// sum of losses.
  public var textInterval: ClosedRange<Double>?
  /// The probability of such a mean by chance.
  public var probability: Double
  /// What was found.
  public var verdict: Verdict

  /// How many statements Holm corrects over, whatever a study has results for.
  static let headlineCount = 9

  /// Of headlines in order of their probability, the k-th of n is held to 5% / (n − k + 1); those that
  /// come after one that fails fail too. Details stay as they are.
  static func holm(_ claims: [StudyClaim]) -> [StudyClaim] {
    var claims = claims
    let order = claims.indices.filter { claims[$0].isHeadline }
      .sorted { (claims[$0].probability, $0) < (claims[$1].probability, $1) }
    var holds = true
    for (place, index) in order.enumerated() {
      let left = max(1, max(headlineCount, order.count) - place)
      holds = holds && claims[index].probability <= 0.05 / Double(left)
      if !holds, claims[index].verdict != .oneSeed { claims[index].verdict = .undecided }
    }
    return claims
  }
}

extension StudyClaim {
  /// - Parameters:
  ///   - sign: −1 where the statement says that the number is below 0.
  ///   - values: what is found with each seed; numbers that are none are left out.
  init(
    _ name: String, _ statement: String, _ statistic: String, isHeadline: Bool, sign: Double,
    values: [(seed: Int, value: Double)], textInterval: ClosedRange<Double>?
  ) {
    let values = values.filter { $0.value.isFinite }
    let found = SeedStatistic(values.map { $0.value })
    var verdict = values.count == 1 ? Verdict.oneSeed : .undecided
    if let interval = found.interval {
      let ends = [interval, textInterval].compactMap { $0 }
        .flatMap { [sign * $0.lowerBound, sign * $0.upperBound] }
      if ends.allSatisfy({ $0 > 0 }) { verdict = .supported }
      if ends.allSatisfy({ $0 < 0 }) { verdict = .notSupported }
    }
    self.init(
      name: name, statement: statement, statistic: statistic, isHeadline: isHeadline,
      values: values, mean: values.isEmpty ? .nan : found.mean, interval: found.interval,
      textInterval: textInterval, probability: found.probability, verdict: verdict)
  }
}
