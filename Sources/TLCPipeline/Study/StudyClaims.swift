internal import Foundation

extension StudyTable {
  /// Every statement that a study can test, and every headline.
  func claims() -> [StudyClaim] {
    StudyClaim.holm(
      inTranslation(trainingClaims + compressionClaims + pairClaims + causeClaims + taskClaims))
  }

  /// The bits of `min-max` that there are results of.
  var bits: [Int] {
    Set(compressed.compactMap { $0.way.hasPrefix("min-max") ? $0.bits : nil }).sorted(by: >)
  }

  /// The shares that are pruned at once and not rounded.
  var prunedShares: [Double] {
    Set(compressed.filter { $0.way == "pruned-\($0.sparsity)" }.map { $0.sparsity }).sorted()
  }

  /// The share that headlines are of: the largest up to 60%.
  var headlineShare: Double { prunedShares.last { $0 <= 0.6 } ?? 0.6 }

  /// A statement on losses of test texts.
  private func claim(
    _ name: String, _ statement: String, _ statistic: String, isHeadline: Bool = false,
    sign: Double, contrast: (Int) -> StudyContrast?
  ) -> StudyClaim {
    let found = seeds.compactMap { seed in contrast(seed).map { (seed: seed, contrast: $0) } }
    return StudyClaim(
      name, statement, statistic, isHeadline: isHeadline, sign: sign,
      values: found.map { ($0.seed, $0.contrast.value) },
      textInterval: StudyBootstrap.interval(found.map { $0.contrast }))
  }

  /// A statement on other numbers.
  private func claim(
    _ name: String, _ statement: String, _ statistic: String, isHeadline: Bool = false,
    sign: Double, number: (Int) -> Double
  ) -> StudyClaim {
    StudyClaim(
      name, statement, statistic, isHeadline: isHeadline, sign: sign,
      values: seeds.map { ($0, number($0)) }, textInterval: nil)
  }

  private var trainingClaims: [StudyClaim] {
    [
      claim(
        "C1a", "Larger models need fewer steps to a loss",
        "slope of ln steps against ln parameters", isHeadline: true, sign: -1
      ) { stepSlope(seed: $0) },
      claim(
        "C1b", "At equal seconds the best size grows with the budget",
        "slope of the best model's ln parameters against ln seconds", isHeadline: true, sign: 1
      ) { seed in
        SeedStatistic.slope(
          budgets.map { budget in
            let best = models(seed: seed, budget: budget)?.min {
              $0.validation.loss < $1.validation.loss
            }
            return (log(budget), best.map { log($0.parameterCount) } ?? .nan)
          }, isWhole: true)
      },
      claim(
        "C1b'", "At the longest budget the largest model is better than the smallest",
        "loss of the smallest less that of the largest, nats", isHeadline: true, sign: 1
      ) { seed -> StudyContrast? in
        guard let all = models(seed: seed, budget: budgets.last), all.count > 1 else { return nil }
        var contrast = StudyContrast()
        contrast.add(1, all[0].test)
        contrast.add(-1, all[all.count - 1].test)
        return contrast
      },
      claim(
        "C1c", "At equal operations the best size grows with them",
        "slope of the best model's ln parameters against ln FLOPs", sign: 1
      ) { seed in
        SeedStatistic.slope(
          equalWork(seed: seed).map { level in
            let best = level.losses.min { $0.validation < $1.validation }
            return (log(level.flops), best.map { log(parameters($0.shape)) } ?? .nan)
          }, isWhole: true)
      },
    ]
  }

  private var compressionClaims: [StudyClaim] {
    let share = headlineShare
    let rounding = Set(bits + [4]).sorted(by: >).map { bits in
      claim(
        "C2 \(bits)", "Larger models lose less in \(bits) bits",
        "slope of the loss increase against ln parameters, nats", isHeadline: bits == 4, sign: -1
      ) { dropSlope(way: "min-max-\(bits)", seed: $0) }
    }
    let pruning = Set(prunedShares + [share]).sorted().map { other in
      claim(
        "C2' \(other)", "Larger models lose less when \(Self.percent(other)) is pruned at once",
        "slope of the loss increase against ln parameters, nats", isHeadline: other == share,
        sign: -1
      ) { dropSlope(way: "pruned-\(other)", seed: $0) }
    }
    let size = claim(
      "C3", "At equal bytes large models, compressed more, are better than small ones",
      "loss of the smaller half of the models less that of the larger half, mean over sizes, nats",
      isHeadline: true, sign: 1
    ) { sizeGap(seed: $0, bytes: \.bytes) }
    let tensors = claim(
      "C3'", "The same, where the bytes of tensors alone count",
      "loss of the smaller half of the models less that of the larger half, mean over sizes, nats",
      sign: 1
    ) { sizeGap(seed: $0, bytes: \.tensorBytes) }
    return rounding + pruning + [size, tensors]
  }

  private var pairClaims: [StudyClaim] {
    let share = headlineShare
    return [
      claim(
        "C4a", "Of as many weights, wider models are better than deeper ones at equal seconds",
        "loss of the deeper less that of the wider, mean over pairs, nats", sign: 1
      ) { seed in meanOverPairs { lossGap($0, seed: seed) } },
      claim(
        "C4b",
        "Of as many weights, deeper models lose less when \(Self.percent(share)) is pruned at once",
        "loss increase of the deeper less that of the wider, mean over pairs, nats",
        isHeadline: true, sign: -1
      ) { seed in meanOverPairs { dropGap($0, way: "pruned-\(share)", seed: seed) } },
      claim(
        "C4c", "Of as many weights, deeper models lose less in 4 bits",
        "loss increase of the deeper less that of the wider, mean over pairs, nats", sign: -1
      ) { seed in meanOverPairs { dropGap($0, way: "min-max-4", seed: seed) } },
    ]
  }

  private var causeClaims: [StudyClaim] {
    let share = headlineShare
    return [
      claim(
        "C6", "Against the paper: 4 bits cost more, the longer a model was trained",
        "slope of the loss increase against ln tokens, within a shape, nats", isHeadline: true,
        sign: 1
      ) { convergenceSlope(way: "min-max-4", seed: $0) },
      claim(
        "C6'", "Of as many training tokens, larger models lose less in 4 bits",
        "coefficient of ln parameters beside ln tokens in the loss increase, nats", sign: -1
      ) { equalTokensSlope(way: "min-max-4", seed: $0) },
      claim(
        "C7", "Matrices of larger models have a smaller relative error in 4 bits",
        "slope of the error's share against ln parameters", isHeadline: true, sign: -1
      ) { errorSlope(way: "min-max-4", seed: $0) },
      claim(
        "C7'",
        "Matrices of larger models have a smaller relative error when \(Self.percent(share)) is"
          + " pruned",
        "slope of the error's share against ln parameters", sign: -1
      ) { errorSlope(way: "pruned-\(share)", seed: $0) },
    ]
  }

  static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
}
