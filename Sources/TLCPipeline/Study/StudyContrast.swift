/// A sum of measured losses of one seed's models, each times a factor: a difference, a difference of
/// differences, or the slope of a line through them.
struct StudyContrast {
  private(set) var terms: [(factor: Double, score: StudyTable.Score)] = []

  /// Adds a loss of test texts.
  mutating func add(_ factor: Double, _ score: StudyTable.Score) { terms.append((factor, score)) }

  /// Its value; NaN where nothing is measured.
  var value: Double {
    terms.isEmpty ? .nan : terms.reduce(0) { $0 + $1.factor * $1.score.loss }
  }

  /// What each block of texts adds to the value's numerator, and the labels of each; `nil` where terms
  /// were not measured with the same blocks.
  var blocks: (sums: [Double], labelCounts: [Double])? {
    guard let counts = terms.first?.score.blocks.map({ $0.labelCount }), !counts.isEmpty else {
      return nil
    }
    var sums = [Double](repeating: 0, count: counts.count)
    for (factor, score) in terms {
      guard score.blocks.map({ $0.labelCount }) == counts else { return nil }
      for place in sums.indices { sums[place] += factor * score.blocks[place].loss }
    }
    return (sums, counts)
  }

  /// The factors that make a sum of numbers at these places the slope of their line of least squares;
  /// `nil` where there is none.
  static func slopeFactors(_ places: [Double]) -> [Double]? {
    let mean = places.reduce(0, +) / Double(max(1, places.count))
    let squares = places.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return squares > 0 ? places.map { ($0 - mean) / squares } : nil
  }
}
