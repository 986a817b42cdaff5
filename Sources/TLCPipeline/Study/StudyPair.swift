/// Two shapes whose layers have as many weights: one has more layers, the other wider ones.
struct StudyPair: Equatable {
  var deeper: StudyPlan.Shape
  var wider: StudyPlan.Shape

  /// How far apart the numbers of weights may be, as a share of the greater.
  static let tolerance = 0.01
}

extension StudyTable {
  /// Every pair, by the number of its weights.
  var pairs: [StudyPair] {
    shapes.flatMap { deeper in
      shapes.filter { wider in
        let (a, b) = (layerParameters(deeper), layerParameters(wider))
        return deeper.depth > wider.depth && deeper.width < wider.width
          && abs(a - b) <= StudyPair.tolerance * max(a, b)
      }.map { StudyPair(deeper: deeper, wider: $0) }
    }
  }

  /// The loss of the deeper of a pair less that of the wider, after the longest budget.
  ///
  /// - Returns: `nil` where either is not trained with the seed.
  func lossGap(_ pair: StudyPair, seed: Int) -> StudyContrast? {
    guard let last = budgets.last, let deeper = model(pair.deeper, seed: seed, budget: last),
      let wider = model(pair.wider, seed: seed, budget: last)
    else { return nil }
    var contrast = StudyContrast()
    contrast.add(1, deeper.test)
    contrast.add(-1, wider.test)
    return contrast
  }

  /// What a way to compress costs the deeper of a pair less what it costs the wider.
  func dropGap(_ pair: StudyPair, way: String, seed: Int) -> StudyContrast? {
    var contrast = StudyContrast()
    for (factor, shape) in [(1.0, pair.deeper), (-1, pair.wider)] {
      guard let last = budgets.last, let model = model(shape, seed: seed, budget: last),
        let file = file(of: model, way: way), let exact = exact(of: file)
      else { return nil }
      contrast.add(factor, file.test)
      contrast.add(-factor, exact.test)
    }
    return contrast
  }

  /// The mean over all pairs; `nil` where there is none, or one is not measured with the seed.
  func meanOverPairs(_ gap: (StudyPair) -> StudyContrast?) -> StudyContrast? {
    let pairs = pairs
    var mean = StudyContrast()
    for pair in pairs {
      guard let own = gap(pair) else { return nil }
      for term in own.terms { mean.add(term.factor / Double(pairs.count), term.score) }
    }
    return pairs.isEmpty ? nil : mean
  }
}
