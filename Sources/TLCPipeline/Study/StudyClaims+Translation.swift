internal import Foundation

extension StudyTable {
  /// The claims of a study of translations: those of training are named C5, and are of BLEU.
  func inTranslation(_ claims: [StudyClaim]) -> [StudyClaim] {
    guard !translations.models.isEmpty else { return claims }
    let steps = claims.filter { $0.name == "C1a" }.map { claim in
      var claim = claim
      claim.name = "C5a"
      claim.statement = "Translation: larger models need fewer steps to a loss"
      return claim
    }
    func claim(
      _ name: String, _ statement: String, _ statistic: String, isHeadline: Bool = true,
      _ value: (Int) -> Double
    ) -> StudyClaim {
      StudyClaim(
        name, "Translation: \(statement)", statistic, isHeadline: isHeadline, sign: 1,
        values: seeds.map { ($0, value($0)) }, textInterval: nil)
    }
    let tested = [
      claim(
        "C5b", "at the longest budget the largest model is better than the smallest",
        "test BLEU of the largest less that of the smallest",
        bleuGap),
      claim(
        "C5b'", "at equal seconds the best size grows with the budget",
        "slope of ln parameters of the best model, by validation BLEU, against ln seconds",
        bestSlope),
      claim(
        "C5c", "of models with as many weights in layers the wider is better",
        "test BLEU of the wider less that of the deeper, mean over pairs, longest budget",
        isHeadline: false, widthGap),
    ]
    return steps + tested.filter { !$0.values.isEmpty }
      + claims.filter { !$0.name.hasPrefix("C1") }
  }

  private func longest(seed: Int) -> [StudyTranslations.Model] {
    let found = translations.models.filter { $0.seed == seed && $0.budget == budgets.last }
    guard found.count == shapes.count else { return [] }
    return found.sorted { $0.parameterCount < $1.parameterCount }
  }

  private func bleuGap(seed: Int) -> Double {
    let models = longest(seed: seed)
    return models.count > 1 ? (models.last?.test ?? .nan) - (models.first?.test ?? .nan) : .nan
  }

  private func bestSlope(seed: Int) -> Double {
    SeedStatistic.slope(
      budgets.map { budget in
        let all = translations.models.filter { $0.budget == budget && $0.seed == seed }
        let best = all.max { $0.validation < $1.validation }
        let isWhole = all.count == shapes.count
        return (log(budget), isWhole ? best.map { log($0.parameterCount) } ?? .nan : .nan)
      }, isWhole: true)
  }

  /// Pairs whose numbers of weights in layers differ by 5% at most.
  private func widthGap(seed: Int) -> Double {
    let models = longest(seed: seed)
    var gaps: [Double] = []
    for wide in models {
      for deep in models
      where wide.shape.width > deep.shape.width && wide.shape.depth < deep.shape.depth {
        let ratio = wide.layerParameterCount / deep.layerParameterCount
        if (1 / 1.05...1.05).contains(ratio) { gaps.append(wide.test - deep.test) }
      }
    }
    return gaps.isEmpty ? .nan : gaps.reduce(0, +) / Double(gaps.count)
  }
}
