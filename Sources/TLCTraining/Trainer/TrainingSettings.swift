/// How a model is trained.
public struct TrainingSettings: Equatable, Sendable {
  /// How many steps there are.
  public var stepCount: Int
  /// The examples of a step.
  public var batchCount: Int
  /// In how many parts a step's examples are run, one after the other, so that less memory serves.
  public var partCount: Int
  /// The learning rate.
  public var rate: LearningRate
  /// The optimizer.
  public var optimizer: AdamW.Settings
  /// The share of numbers that are left out by chance.
  public var dropout: Float
  /// What of a target is spread over all labels.
  public var labelSmoothing: Float
  /// Of the order of examples, of what is drawn for them, and of dropout.
  public var seed: UInt64
  /// The threads to use; the bits do not depend on them.
  public var threadCount: Int

  /// Settings; the rest is set through the properties.
  public init(
    stepCount: Int, batchCount: Int, rate: LearningRate, dropout: Float = 0.1, seed: UInt64 = 0,
    threadCount: Int
  ) {
    self.stepCount = stepCount
    self.batchCount = batchCount
    partCount = 1
    self.rate = rate
    optimizer = AdamW.Settings()
    self.dropout = dropout
    labelSmoothing = 0
    self.seed = seed
    self.threadCount = threadCount
  }

  /// Requires that the settings make sense.
  ///
  /// - Throws: ``TrainingError/settings(_:)`` with the first that does not.
  public func require() throws(TrainingError) {
    for (name, value) in [
      ("steps", stepCount), ("examples a step", batchCount), ("parts", partCount),
      ("threads", threadCount),
    ] where !(1...1 << 30).contains(value) {
      throw .settings("there are \(value) \(name), not 1 to \(1 << 30)")
    }
    guard batchCount % partCount == 0 else {
      throw .settings("\(partCount) parts do not divide \(batchCount) examples a step")
    }
    guard rate.peak > 0, rate.peak.isFinite else {
      throw .settings("the learning rate is \(rate.peak), not above 0")
    }
    guard (0...stepCount).contains(rate.warmupCount) else {
      throw .settings("a warm-up of \(rate.warmupCount) steps does not fit in \(stepCount)")
    }
    guard rate.cooldownShare > 0, rate.cooldownShare <= 1 else {
      throw .settings("the cooldown is \(rate.cooldownShare) of the steps, not above 0 to 1")
    }
    for (name, share) in [("dropout", dropout), ("label smoothing", labelSmoothing)]
    where !(share >= 0 && share < 1) {
      throw .settings("\(name) is \(share), not from 0 to below 1")
    }
    for (name, beta) in [("beta1", optimizer.beta1), ("beta2", optimizer.beta2)]
    where !(beta > 0 && beta < 1) {
      throw .settings("\(name) is \(beta), not between 0 and 1")
    }
    guard optimizer.epsilon > 0, optimizer.decay >= 0 else {
      throw .settings("epsilon is \(optimizer.epsilon) and decay \(optimizer.decay)")
    }
    if let norm = optimizer.greatestNorm, !(norm > 0) {
      throw .settings("gradients are clipped to a norm of \(norm), not above 0")
    }
  }
}
