internal import TLCCore
internal import TLCSystem
internal import TLCTraining

/// How long jobs will take: from times of steps where they are measured, and else from a guess at
/// what the machine computes.
public struct StudyEstimate: Sendable {
  private let plan: StudyPlan
  private let stepSeconds: @Sendable (StudyPlan.Shape) -> Double?
  private let taskTokenCounts: [String: (training: Double, measured: Double)]

  /// Operations a second of training where nothing is measured: two processors of 2020.
  static let guessedRate = 40e9
  /// Bytes of a text for each token, and what padding adds.
  private static let bytesPerToken = 3.5, padding = 1.6
  /// Tokens of a text with a translation.
  private static let pairTokens = 20.0
  /// Tokens of a text with a label, with padding.
  private static let tokensPerText = 32.0

  /// An estimate without any measurement.
  public init(_ plan: StudyPlan) { self.init(plan) { _ in nil } }

  /// An estimate with what was measured in a folder, if there is one.
  public init(_ plan: StudyPlan, folder: String?) {
    let records = (try? folder.map { try StudyRecords(folder: $0) }) ?? nil
    self.init(plan) { records?["benchmark-\($0.name)"]?["median_seconds"]?.double }
  }

  /// An estimate with what is measured already.
  init(_ plan: StudyPlan, _ results: StudyResults) {
    self.init(plan) { results["benchmark-\($0.name)"]?["median_seconds"]?.double }
  }

  private init(
    _ plan: StudyPlan, stepSeconds: @escaping @Sendable (StudyPlan.Shape) -> Double?
  ) {
    self.plan = plan
    self.stepSeconds = stepSeconds
    func tokens(_ path: String) -> Double {
      Double((try? InputFile(path: path).byteCount) ?? 0) / Self.bytesPerToken * Self.padding
    }
    func measured(_ task: StudyPlan.Task) -> Double {
      let all = tokens(task.validation) + tokens(task.test)
      return min(all, task.measuredCount.map { Double(2 * $0) * Self.tokensPerText } ?? all)
    }
    taskTokenCounts = Dictionary(
      plan.tasks.map { ($0.name, (tokens($0.training), measured($0))) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The operations of a training step; of pairs, a guess at their lengths.
  func work(_ shape: StudyPlan.Shape) -> Double {
    if plan.pairs != nil {
      return plan.pairWork(shape, source: Self.pairTokens, target: Self.pairTokens) * textCount
    }
    let encoder = plan.encoderShape(shape)
    return encoder.workPerToken(
      sequence: plan.sequenceCount, predicted: MaskedTokenTask.predictedShare)
      * Double(plan.sequenceCount * plan.batchCount)
  }

  /// The texts of a step.
  private var textCount: Double {
    plan.countsTokens ? Double(plan.batchCount) / Self.pairTokens : Double(plan.batchCount)
  }

  /// The seconds of a training step.
  func step(_ shape: StudyPlan.Shape) -> Double {
    stepSeconds(shape) ?? work(shape) / Self.guessedRate
  }

  /// The seconds that a job will take.
  public func seconds(of job: StudyJob) -> Double {
    let shape = job.shape
    let tokenSeconds = step(shape) / Double(plan.sequenceCount * plan.batchCount)
    // Forward alone is a third of a step.
    func measuring(_ texts: Int) -> Double {
      guard plan.pairs != nil else {
        return Double(texts * plan.sequenceCount) * tokenSeconds / 3
      }
      return 2 * Double(texts) * step(shape) / textCount / 3
    }
    // What is written is run token by token.
    let writing = plan.pairs == nil ? 0 : 2 * measuring(plan.bleuCount)
    func measured(_ model: StudyModel, _ masked: Int) -> Double {
      guard let task = model.task else { return measuring(masked) }
      return (taskTokenCounts[task]?.measured ?? 0) * tokenSeconds / 3
    }
    switch job.work {
    case .benchmark: return step(shape) * Double(plan.benchmarkStepCount + 3)
    case .batchBenchmark(_, let batch):
      return step(shape) * Double(batch) / Double(plan.batchCount)
        * Double(plan.benchmarkStepCount + 3)
    case .batchCheck:
      return (plan.batchCheck?.budget ?? 0) + measuring(plan.measuredCount)
        + Double(plan.pointCount) * measuring(plan.pointMeasuredCount)
    case .rateCheck: return (plan.rateCheck?.budget ?? 0) + measuring(plan.measuredCount)
    case .train:
      return (plan.budgets.last ?? 0) * (1 - plan.cooldownShare)
        + Double(plan.pointCount) * measuring(plan.pointMeasuredCount)
    case .cooldown(let model):
      return model.budget * plan.cooldownShare + measured(model, plan.measuredCount) + 2 * writing
    case .fineTune(let model): return epoch(model) * Double(epochs(model)) * tokenSeconds
    case .recover(let model):
      return epoch(model) * tokenSeconds * Double(plan.recoveredSparsities.count)
    case .compress(let model, let way):
      var seconds = measured(model, plan.compressedMeasuredCount) + writing + 0.3
      if case .trellis = way.rounding {
        // The search of a trellis, and the runs that it is calibrated with.
        let parameters = Double(plan.encoderShape(shape).layerParameterCount)
        seconds += 2e-6 * parameters + measuring(plan.compression.sampleCount)
      }
      return seconds
    }
  }

  private func epoch(_ model: StudyModel) -> Double {
    model.task.flatMap { taskTokenCounts[$0]?.training } ?? 0
  }

  private func epochs(_ model: StudyModel) -> Int {
    plan.tasks.first { $0.name == model.task }?.epochCount ?? 0
  }
}
