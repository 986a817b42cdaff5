/// Steps for the rows of a table by how often each is looked up.
///
/// The expected squared error of a look-up is Σ𝑝ᵢΔᵢ² over rows that are looked up with probability 𝑝ᵢ;
/// for its value it takes the fewest bits with Δᵢ² ∝ 1 / 𝑝ᵢ. Probabilities are those of the counts;
/// rows without one share what Good (1953) gives all of them, the share of rows that were looked up
/// once among all look-ups.
struct LookUpSteps {
  /// For each row, its step in units of the step that is the same for all and has the same expected
  /// error.
  let factors: [Double]

  /// Factors are powers of this, so that few steps are stored.
  private static let ratio = 2.0.squareRoot()
  /// No step is more than so many times the one for all: rows that were never looked up may be.
  private static let greatest = 4.0
  /// The least share of look-ups that rows without any are taken to have.
  private static let leastUnseenShare = 0.05

  /// - Returns: `nil` where nothing was looked up.
  init?(_ lookUps: [Int]) {
    let total = Double(lookUps.reduce(0, +))
    guard total > 0 else { return nil }
    let unseen = lookUps.count { $0 == 0 }
    let share =
      unseen == 0
      ? 0 : min(0.5, max(Double(lookUps.count { $0 == 1 }) / total, Self.leastUnseenShare))
    let count = Double(lookUps.count)
    factors = lookUps.map { lookUp in
      let probability =
        lookUp == 0 ? share / Double(unseen) : (1 - share) * Double(lookUp) / total
      return Self.rounded(min(1 / (probability * count).squareRoot(), Self.greatest))
    }
  }

  /// The greatest power of the ratio up to a factor: multiplied out, so that it is the same everywhere.
  private static func rounded(_ factor: Double) -> Double {
    var power = 1.0
    while power > factor { power /= ratio }
    while power * ratio <= factor { power *= ratio }
    return power
  }
}
