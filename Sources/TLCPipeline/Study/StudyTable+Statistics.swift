internal import Foundation

/// What statements are tested with. A seed counts where it has results of every shape, so that no two
/// seeds are of different models.
extension StudyTable {
  /// A seed's models of a budget, the smallest first; `nil` where a shape is missing.
  func models(seed: Int, budget: Double?) -> [Model]? {
    guard let budget else { return nil }
    let found = shapes.compactMap { model($0, seed: seed, budget: budget) }
    return found.count == shapes.count && !found.isEmpty ? found : nil
  }

  /// A seed's models of a budget, compressed in a way, the smallest first.
  private func files(seed: Int, budget: Double?, way: String) -> [Compressed]? {
    guard let models = models(seed: seed, budget: budget) else { return nil }
    let found = models.compactMap { file(of: $0, way: way) }
    return found.count == models.count ? found : nil
  }

  /// The steps that models need to the lowest loss that all of them reach.
  func stepSlope(seed: Int) -> Double {
    let all = shapes.map { ($0, curves[$0]?[seed] ?? []) }
    guard all.allSatisfy({ !$0.1.isEmpty }) else { return .nan }
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

  /// Losses of all shapes at a number of operations.
  struct EqualWork {
    var flops: Double
    var losses: [(shape: StudyPlan.Shape, validation: Double, test: Double)]
  }

  /// Losses after cooldowns, at as many numbers of operations as there are budgets, evenly spaced on a
  /// scale of logarithms over what all shapes reach. Between budgets of a shape, losses are
  /// interpolated in the logarithm of operations.
  func equalWork(seed: Int) -> [EqualWork] {
    let curves = shapes.map { shape in
      budgets.compactMap { model(shape, seed: seed, budget: $0) }
    }
    guard budgets.count > 1, curves.allSatisfy({ $0.count == budgets.count }),
      let low = curves.map({ $0[0].flops }).max(),
      let high = curves.map({ $0[budgets.count - 1].flops }).min(), low < high
    else { return [] }
    return budgets.indices.map { place in
      let share = Double(place) / Double(budgets.count - 1)
      let flops = share == 1 ? high : low * pow(high / low, share)
      return EqualWork(
        flops: flops,
        losses: zip(shapes, curves).map { shape, models in
          let next = models.dropFirst().firstIndex { $0.flops >= flops } ?? models.count - 1
          let (a, b) = (models[next - 1], models[next])
          let share = (log(flops) - log(a.flops)) / (log(b.flops) - log(a.flops))
          func between(_ a: Score, _ b: Score) -> Double { a.loss + share * (b.loss - a.loss) }
          return (shape, between(a.validation, b.validation), between(a.test, b.test))
        })
    }
  }

  /// The slope of what a way to compress costs against ln parameters, at the longest budget.
  func dropSlope(way: String, seed: Int) -> StudyContrast? {
    guard let files = files(seed: seed, budget: budgets.last, way: way) else { return nil }
    return slope(files.map { (log(parameters($0.shape)), $0) })
  }

  /// The slope of what a way to compress costs against ln tokens, each shape's mean of those taken
  /// off.
  func convergenceSlope(way: String, seed: Int) -> StudyContrast? {
    guard let trained = trained(way: way, seed: seed) else { return nil }
    return slope(
      trained.flatMap { own in
        let mean = own.reduce(0) { $0 + $1.logTokens } / Double(own.count)
        return own.map { ($0.logTokens - mean, $0.file) }
      })
  }

  /// The coefficient of ln parameters in what a way to compress costs, beside that of ln tokens, over
  /// all budgets: the slope against what a line through ln tokens leaves of ln parameters.
  func equalTokensSlope(way: String, seed: Int) -> StudyContrast? {
    guard let points = trained(way: way, seed: seed)?.flatMap({ $0 }) else { return nil }
    let sizes = points.map { log(parameters($0.file.shape)) }
    let line = SeedStatistic.slope(zip(points, sizes).map { ($0.logTokens, $1) })
    return slope(zip(points, sizes).map { ($1 - line * $0.logTokens, $0.file) })
  }

  /// A seed's models, compressed in a way, of each shape by budget; `nil` where one is missing, or
  /// where there is one budget.
  func trained(way: String, seed: Int) -> [[(logTokens: Double, file: Compressed)]]? {
    guard budgets.count > 1 else { return nil }
    let found = shapes.map { shape in
      budgets.compactMap { budget in
        model(shape, seed: seed, budget: budget).flatMap { model in
          file(of: model, way: way).map { (logTokens: log(model.tokens), file: $0) }
        }
      }
    }
    return found.allSatisfy { $0.count == budgets.count } ? found : nil
  }

  private func slope(_ points: [(x: Double, file: Compressed)]) -> StudyContrast? {
    guard let factors = StudyContrast.slopeFactors(points.map { $0.x }) else { return nil }
    var contrast = StudyContrast()
    for (factor, point) in zip(factors, points) {
      guard let exact = exact(of: point.file) else { return nil }
      contrast.add(factor, point.file.test)
      contrast.add(-factor, exact.test)
    }
    return contrast
  }

  /// The slope of the relative error of matrices against ln parameters, at the longest budget.
  func errorSlope(way: String, seed: Int) -> Double {
    guard let files = files(seed: seed, budget: budgets.last, way: way) else { return .nan }
    return SeedStatistic.slope(files.map { (log(parameters($0.shape)), $0.error) })
  }
}
