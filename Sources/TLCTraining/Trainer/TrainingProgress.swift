/// How far a training is, and how fast it goes.
public struct TrainingProgress: Sendable {
  /// The last step.
  public var step: Trainer.Step
  /// How many steps there are.
  public var stepCount: Int
  /// A mean of the losses of the last steps.
  public var loss: Double
  /// Tokens a second.
  public var tokenRate: Double
  /// 10⁹ operations of products a second; 0 where they are not counted.
  public var gigaflops: Double
  /// The seconds that the steps left will take.
  public var secondsLeft: Double
}

/// Makes progress of steps.
public struct TrainingMeter: Sendable {
  private let stepCount: Int
  private let workPerToken: Double
  private var loss: Double?
  private var seconds: Double?
  private var tokenCount = 0.0

  /// What a mean keeps of itself at each step.
  private static let memory = 0.95

  /// A meter of a training.
  ///
  /// - Parameters:
  ///   - stepCount: how many steps there are.
  ///   - workPerToken: the operations of products a token, such as
  ///     ``EncoderShape/workPerToken(sequence:predicted:)``.
  public init(stepCount: Int, workPerToken: Double = 0) {
    self.stepCount = stepCount
    self.workPerToken = workPerToken
  }

  /// Takes a step into account.
  public mutating func progress(after step: Trainer.Step) -> TrainingProgress {
    func mean(_ old: Double?, _ new: Double) -> Double {
      old.map { Self.memory * $0 + (1 - Self.memory) * new } ?? new
    }
    let loss = mean(self.loss, step.loss)
    let seconds = mean(self.seconds, step.seconds)
    tokenCount = mean(self.seconds.map { _ in tokenCount }, Double(step.tokenCount))
    self.loss = loss
    self.seconds = seconds
    let rate = tokenCount / max(seconds, 1e-9)
    return TrainingProgress(
      step: step, stepCount: stepCount, loss: loss, tokenRate: rate,
      gigaflops: rate * workPerToken / 1e9,
      secondsLeft: Double(stepCount - step.number) * seconds)
  }
}
