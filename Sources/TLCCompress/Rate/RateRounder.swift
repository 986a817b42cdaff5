import TLCCore
import TLCSystem

/// Rounds to the multiple of a step that costs least: the weighted square of its error, and λ times the
/// bits of its code.
struct RateRounder: ElementRounder {
  let grid: GridRounder
  let lengths: CodeLengths
  /// What a bit costs, in the units of weighted squares.
  let bitCost: Double

  /// In these units of λ, a bit costs what it saves where steps are small: of a square of the step over
  /// 12, which a bit divides by 4, 2 ln 2.
  static let unit = 0.1155245300933242

  func round(_ x: Float, at index: Int, weight: Double) -> (code: Int32, level: Float) {
    let nearest = grid.round(x, at: index, weight: weight)
    guard nearest.code != 0 else { return nearest }
    let step = grid.steps[grid.place(of: index)]
    let start = lengths.start(of: index)
    func cost(_ code: Int32) -> Double {
      let error = Double(x) - Double(code) * step
      return weight * error * error + bitCost * lengths.bits(code, start)
    }
    let toward = nearest.code - nearest.code.signum()
    var (best, least) = (nearest.code, cost(nearest.code))
    for code in toward == 0 ? [0] : [toward, 0] {
      let cost = cost(code)
      if cost < least { (best, least) = (code, cost) }
    }
    return best == nearest.code ? nearest : (best, Float(Double(best) * step))
  }

  func zero(at index: Int) -> Int32 { 0 }
}

extension Slices {
  /// Codes on grids without zero points that cost least: after those nearest, twice more with the lengths
  /// that the codes before have.
  ///
  /// - Parameters:
  ///   - lambda: what a bit costs, in units of ``RateRounder/unit``.
  ///   - feedback: where errors are made good by others.
  func codes(
    steps: [Double], bounds: ClosedRange<Int32>, lambda: Double, _ feedback: Feedback?,
    _ parallelism: Parallelism
  ) -> [Int32] {
    let grid = GridRounder(tensor.shape, layout, steps: steps, zeroPoints: nil, bounds: bounds)
    var codes =
      feedback?.codes(grid)
      ?? codes(steps: steps, zeroPoints: nil, bounds: bounds, parallelism)
    guard lambda > 0, tensor.shape.rank > 0, tensor.shape.count > 0 else { return codes }
    let columnCount = tensor.shape.dimensions[tensor.shape.rank - 1]
    let isZero = tensor.zeros(of: Element.self)
    // A bit costs as much of each element's weighted square of its step, on average.
    let squares = feedback.map { $0.meanSquare(ofSteps: grid) } ?? 1
    for _ in 0..<2 {
      let rounder = RateRounder(
        grid: grid, lengths: CodeLengths(codes, columnCount: columnCount) { isZero[$0] },
        bitCost: lambda * RateRounder.unit * squares)
      codes =
        feedback?.codes(rounder)
        ?? self.codes(rounder, parallelism) { index in
          let step = steps[grid.place(of: index)]
          return step == 0 ? 0 : 1 / (step * step)
        }
    }
    return codes
  }
}

extension Feedback {
  /// The mean over columns of their weight times the square of their step.
  fileprivate func meanSquare(ofSteps grid: GridRounder) -> Double {
    let weights = factor.relativeWeights
    var sum = 0.0
    for (place, column) in factor.order.enumerated() {
      let step = grid.steps[grid.place(of: index(0, column))]
      sum += weights[place] * step * step
    }
    return sum / Double(max(1, factor.width))
  }
}

extension Tensor {
  /// Whether each element is 0.
  fileprivate func zeros<Element: FloatingTensorElement>(of _: Element.Type) -> [Bool] {
    withElements(of: Element.self) { elements in elements.indices.map { elements[$0].double == 0 } }
  }
}
