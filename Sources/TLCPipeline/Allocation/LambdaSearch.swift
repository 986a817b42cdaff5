import TLCKernels

/// Looks for the greatest λ that meets a goal, from what is found at a few.
struct LambdaSearch {
  /// What was found at a λ.
  struct Point: Equatable, Sendable {
    var lambda: Double
    var byteCount: Int
    var fidelity: Fidelity
  }

  let goal: AllocationGoal
  /// The elements that share the bytes.
  let elementCount: Int
  private(set) var points: [Point] = []
  /// Of what meets the goal: for quality that with the fewest bytes, for size that with the least λ.
  private(set) var best: Point?
  /// The λ next to the goal, on either side.
  private var met: Point?
  private var failing: Point?

  /// Most evaluations of all tensors that a search takes.
  static let pointLimit = 10

  init(_ goal: AllocationGoal, elementCount: Int) {
    self.goal = goal
    self.elementCount = elementCount
  }

  /// Takes what was found, and returns the λ to try next; `nil` where the best one will do.
  mutating func next(after point: Point) -> Double? {
    points.append(point)
    let isMet: Bool
    switch goal {
    case .quality(let quality, let metric):
      isMet = point.fidelity.value(of: metric) >= quality
      if isMet, met.map({ $0.lambda < point.lambda }) ?? true { met = point }
      if isMet, best.map({ $0.byteCount > point.byteCount }) ?? true { best = point }
      if !isMet, failing.map({ $0.lambda > point.lambda }) ?? true { failing = point }
    case .size(let limit):
      isMet = point.byteCount <= limit
      if isMet, met.map({ $0.lambda > point.lambda }) ?? true { met = point }
      best = met
      if !isMet, failing.map({ $0.lambda < point.lambda }) ?? true { failing = point }
    }
    guard points.count < Self.pointLimit, !isNearEnough else { return nil }
    let guess = point.lambda * DoubleFunctions.exp(logarithmicStep(from: point))
    guard let met, let failing else { return guess }
    // Between the two, and not at either.
    let (low, high) = (
      DoubleFunctions.log(min(met.lambda, failing.lambda)),
      DoubleFunctions.log(max(met.lambda, failing.lambda))
    )
    let margin = (high - low) / 8
    return DoubleFunctions.exp(min(max(DoubleFunctions.log(guess), low + margin), high - margin))
  }

  private var isNearEnough: Bool {
    guard let met else { return false }
    if let failing, abs(DoubleFunctions.log(met.lambda / failing.lambda)) < 0.02 { return true }
    switch goal {
    case .quality(let quality, .cosine):
      return 1 - met.fidelity.cosine >= 0.97 * (1 - quality)
    case .quality: return false
    case .size(let limit): return Double(met.byteCount) >= 0.997 * Double(limit)
    }
  }

  /// How far to go in log λ: damage is proportional to λ, and each factor of e in λ saves each weight
  /// ½ log₂ e bits.
  private func logarithmicStep(from point: Point) -> Double {
    switch goal {
    case .quality(let quality, .cosine):
      let drop = max(1 - point.fidelity.cosine, 1e-12)
      return min(max(DoubleFunctions.log(0.985 * (1 - quality) / drop), -3), 3)
    case .quality(let quality, .topOne):
      return point.fidelity.value(of: .topOne) >= quality ? 1.5 : -1.5
    case .size(let limit):
      let excess = Double(point.byteCount) - 0.9985 * Double(limit)
      let bytesPerUnit = Double(max(1, elementCount)) / (16 * DoubleFunctions.log(2.0))
      return min(max(excess / bytesPerUnit, -3), 3)
    }
  }
}
