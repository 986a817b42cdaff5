internal import Foundation

/// How what compression costs grows with the tokens *D* that a model read: as *D*^γ, with one γ for all
/// shapes and ways, by least squares of logarithms, of which the mean of each model's own is taken off.
struct StudyGrowth: Sendable {
  /// Sums of a seed, of which slopes are quotients.
  private var sums: [Int: (products: Double, squares: Double)] = [:]

  /// A cost in nats below which texts that are measured say more than the way to compress.
  private static let least = 0.01

  init(_ table: StudyTable) {
    let ways = table.compressed.compactMap { $0.task == nil ? $0.way : nil }.uniqued
    for seed in table.seeds {
      var sum = (products: 0.0, squares: 0.0)
      for way in ways where way != "exact" {
        for trained in table.trained(way: way, seed: seed) ?? [] {
          let points = trained.compactMap { logTokens, file -> (x: Double, y: Double)? in
            guard let exact = table.exact(of: file) else { return nil }
            let cost = file.validation.loss - exact.validation.loss
            return cost >= Self.least ? (logTokens, log(cost)) : nil
          }
          guard points.count == trained.count else { continue }
          let mean = points.reduce(0) { $0 + $1.x } / Double(points.count)
          sum.products += points.reduce(0) { $0 + ($1.x - mean) * $1.y }
          sum.squares += points.reduce(0) { $0 + ($1.x - mean) * ($1.x - mean) }
        }
      }
      sums[seed] = sum
    }
  }

  /// γ of seeds, of which some may count more than once; `nil` where nothing that costs enough was
  /// measured at more than one budget.
  func exponent(_ seeds: [Int]) -> Double? {
    let all = seeds.compactMap { sums[$0] }
    let squares = all.reduce(0) { $0 + $1.squares }
    return squares > 0 ? all.reduce(0) { $0 + $1.products } / squares : nil
  }
}
