/// How the learning rate goes up and down over the steps of a training.
public struct LearningRate: Equatable, Sendable {
  /// What it does between the warm-up and the end.
  public enum Decay: String, CaseIterable, Sendable {
    /// It falls to 0 in a line.
    case linear
    /// It stays, and falls to 0 in a line over the last steps (warm-up, stable, decay).
    case cooldown = "wsd"
    /// It stays.
    case constant
  }

  /// The greatest rate.
  public var peak: Float
  /// The steps over which it rises from 0 in a line.
  public var warmupCount: Int
  /// What it does then.
  public var decay: Decay
  /// The share of the steps over which a cooldown goes.
  public var cooldownShare: Double

  /// A rate that rises and falls.
  public init(
    peak: Float, warmupCount: Int, decay: Decay = .linear, cooldownShare: Double = 0.2
  ) {
    self.peak = peak
    self.warmupCount = warmupCount
    self.decay = decay
    self.cooldownShare = cooldownShare
  }

  /// The rate of a step.
  ///
  /// - Parameters:
  ///   - step: from 1.
  ///   - count: the steps of the training.
  public func rate(step: Int, of count: Int) -> Float {
    if step <= warmupCount { return peak * Float(step) / Float(warmupCount) }
    let left = Double(max(0, count - step + 1))
    switch decay {
    case .constant: return peak
    case .linear:
      return Float(Double(peak) * min(1, left / Double(max(1, count - warmupCount))))
    case .cooldown:
      let length = max(1, (Double(count) * cooldownShare).rounded(.up))
      return Float(Double(peak) * min(1, left / length))
    }
  }
}
