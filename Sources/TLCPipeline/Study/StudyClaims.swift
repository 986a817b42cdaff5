internal import Foundation

/// A statement of Li et al. (2020), and what a study says of it.
public struct StudyClaim: Sendable {
  /// What was found.
  public enum Verdict: String, Sendable {
    /// The interval of 95% lies on the statement's side, and the test holds among all (Holm).
    case supported
    /// The interval lies on the other side.
    case notSupported = "not supported"
    /// Neither, or there are too few results.
    case undecided
  }

  /// Its short name, as `C1a`.
  public var name: String
  /// The statement.
  public var statement: String
  /// What is measured to test it.
  public var statistic: String
  /// The mean over seeds.
  public var mean: Double
  /// The interval of 95%; `nil` where there are too few seeds.
  public var interval: ClosedRange<Double>?
  /// The probability of such a mean by chance.
  public var probability: Double
  /// What was found.
  public var verdict: Verdict
}

extension StudyTable {
  /// Every statement that a study can test.
  func claims() -> [StudyClaim] {
    var claims: [StudyClaim] = []
    /// - Parameter sign: −1 where the statement says that the number is below 0.
    func add(
      _ name: String, _ statement: String, _ statistic: String, sign: Double,
      _ value: (Int) -> Double
    ) {
      let found = SeedStatistic(seeds.map(value))
      var verdict = StudyClaim.Verdict.undecided
      if let interval = found.interval {
        let low = min(sign * interval.lowerBound, sign * interval.upperBound)
        let high = max(sign * interval.lowerBound, sign * interval.upperBound)
        if low > 0 { verdict = .supported } else if high < 0 { verdict = .notSupported }
      }
      claims.append(
        StudyClaim(
          name: name, statement: statement, statistic: statistic, mean: found.mean,
          interval: found.interval, probability: found.probability, verdict: verdict))
    }
    add(
      "C1a", "Larger models need fewer steps to a loss", "slope of ln steps against ln parameters",
      sign: -1
    ) { stepSlope(seed: $0) }
    add(
      "C1b", "At equal seconds the best size grows with the budget",
      "slope of the best model's ln parameters against ln seconds", sign: 1
    ) { seed in
      SeedStatistic.slope(budgets.map { (log($0), best(at: $0, seed: seed)) })
    }
    add(
      "C1b'", "At the longest budget the largest model is better than the smallest",
      "loss of the smallest less that of the largest, nats", sign: 1
    ) { seed in
      let last = models.filter { $0.seed == seed && $0.budget == budgets.last }
        .sorted { $0.parameterCount < $1.parameterCount }
      return (last.first?.test ?? .nan) - (last.last?.test ?? .nan)
    }
    for bits in Set(compressed.compactMap { $0.way.hasPrefix("min-max") ? $0.bits : nil })
      .sorted(by: >)
    {
      add(
        "C2 \(bits)", "Larger models lose less in \(bits) bits",
        "slope of the loss increase against ln parameters, nats", sign: -1
      ) { dropSlope(way: "min-max-\(bits)", seed: $0) }
    }
    for share in Set(compressed.filter { $0.way == "pruned-\($0.sparsity)" }.map { $0.sparsity })
      .sorted()
    {
      add(
        "C2' \(share)",
        "Larger models lose less when \(Int((share * 100).rounded()))% is pruned at once",
        "slope of the loss increase against ln parameters, nats", sign: -1
      ) { dropSlope(way: "pruned-\(share)", seed: $0) }
    }
    add(
      "C3", "At equal bytes large models, compressed more, are better than small ones",
      "loss of the smaller half of the models less that of the larger half, mean over sizes, nats",
      sign: 1
    ) { sizeGap(seed: $0) }
    add(
      "C6", "Against the paper: 4 bits cost more, the longer a model was trained",
      "slope of the loss increase against ln tokens, within a shape, nats", sign: 1
    ) { seed in convergenceSlope(way: "min-max-4", seed: seed) }
    add(
      "C7", "Matrices of larger models have a smaller relative error in 4 bits",
      "slope of the error's share against ln parameters", sign: -1
    ) { seed in
      SeedStatistic.slope(
        compressed.filter {
          $0.task == nil && $0.seed == seed && $0.budget == budgets.last && $0.way == "min-max-4"
        }.map { (log(parameters($0.shape)), $0.error) })
    }
    return Self.holm(claims)
  }

  /// Of claims in order of their probability, the k-th of n is held to 5% / (n − k + 1); those that
  /// come after one that fails fail too.
  static func holm(_ claims: [StudyClaim]) -> [StudyClaim] {
    var claims = claims
    let order = claims.indices.sorted { claims[$0].probability < claims[$1].probability }
    var holds = true
    for (place, index) in order.enumerated() {
      holds = holds && claims[index].probability <= 0.05 / Double(claims.count - place)
      if !holds { claims[index].verdict = .undecided }
    }
    return claims
  }

  /// ln of the parameters of the best model of a budget.
  private func best(at budget: Double, seed: Int) -> Double {
    let all = models.filter { $0.budget == budget && $0.seed == seed }
    return all.min { $0.validation < $1.validation }.map { log($0.parameterCount) } ?? .nan
  }

  /// The steps that models need to the lowest loss that all of them reach.
  private func stepSlope(seed: Int) -> Double {
    let all = shapes.compactMap { shape in curves[shape]?[seed].map { (shape, $0) } }
    let level = all.compactMap { $0.1.map { $0.loss }.min() }.max() ?? .nan
    return SeedStatistic.slope(
      all.map { shape, points in (log(parameters(shape)), log(Self.steps(points, to: level))) })
  }

  /// Between points, steps are interpolated on a scale of logarithms.
  static func steps(_ points: [Point], to level: Double) -> Double {
    guard let place = points.firstIndex(where: { $0.loss <= level }) else { return .nan }
    guard place > 0, points[place - 1].loss > points[place].loss else { return points[place].step }
    let (before, after) = (points[place - 1], points[place])
    let share = (before.loss - level) / (before.loss - after.loss)
    return exp(log(before.step) + share * (log(after.step) - log(before.step)))
  }

  /// What a way to compress adds to the loss of a model of masked tokens.
  func drop(_ file: Compressed) -> Double {
    let exact = compressed.first {
      $0.shape == file.shape && $0.seed == file.seed && $0.budget == file.budget
        && $0.task == file.task && $0.way == "exact" && $0.pruning == "none"
    }
    return file.test.loss - (exact?.test.loss ?? .nan)
  }

  private func dropSlope(way: String, seed: Int) -> Double {
    SeedStatistic.slope(
      compressed.filter {
        $0.task == nil && $0.seed == seed && $0.budget == budgets.last && $0.way == way
      }.map { (log(parameters($0.shape)), drop($0)) })
  }

  /// The slope against tokens of what is left when each shape's mean is taken off.
  private func convergenceSlope(way: String, seed: Int) -> Double {
    var points: [(x: Double, y: Double)] = []
    for shape in shapes {
      let own = models.filter { $0.shape == shape && $0.seed == seed }.compactMap { model in
        compressed.first {
          $0.task == nil && $0.shape == shape && $0.seed == seed && $0.budget == model.budget
            && $0.way == way
        }.map { (x: log(model.tokens), y: drop($0)) }
      }
      let count = Double(max(1, own.count))
      let (x, y) = (own.reduce(0) { $0 + $1.x } / count, own.reduce(0) { $0 + $1.y } / count)
      points += own.map { ($0.x - x, $0.y - y) }
    }
    return SeedStatistic.slope(points)
  }

  /// At sizes between the least that the larger half reaches and the most that the smaller needs.
  private func sizeGap(seed: Int) -> Double {
    let half = shapes.count / 2
    let files = compressed.filter {
      $0.task == nil && $0.seed == seed && $0.budget == budgets.last
    }
    let (small, large) = (
      files.filter { shapes.prefix(half).contains($0.shape) },
      files.filter { shapes.suffix(half).contains($0.shape) }
    )
    guard let low = large.map({ $0.bytes }).min(), let high = small.map({ $0.bytes }).max(),
      low < high
    else { return .nan }
    // The way is chosen by validation, and compared by test.
    func best(_ files: [Compressed], _ bytes: Double) -> Double {
      files.filter { $0.bytes <= bytes }.min { $0.validation.loss < $1.validation.loss }?.test.loss
        ?? .nan
    }
    let gaps = (0..<16).map { place in
      let bytes = low * pow(high / low, Double(place) / 15)
      return best(small, bytes) - best(large, bytes)
    }.filter { $0.isFinite }
    return gaps.isEmpty ? .nan : gaps.reduce(0, +) / Double(gaps.count)
  }
}
