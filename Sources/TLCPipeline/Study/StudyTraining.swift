internal import TLCCore
internal import TLCSystem
internal import TLCTraining

/// A training of a study: it goes on where it was killed, to the same bits and the same results.
final class StudyTraining {
  private let runner: StudyRunner
  private let model: TrainedModel
  private let settings: TrainingSettings
  private let store: ParameterStore
  private let trainer: Trainer
  private let measuring: TrainingSession
  private let state: TrainingStateFile
  private let trace: AppendedFile
  /// By step, what was measured.
  private var measured: [Int: StrictJSON] = [:]
  /// By step, the loss of its labels.
  private var losses: [Int: Double] = [:]
  private var unwritten: [Double] = []
  private var lastWrite = ContinuousClock.now

  /// The last steps whose mean is the loss that is reported.
  private static let lossCount = 50

  /// - Parameters:
  ///   - task: what is learnt.
  ///   - state: where the state is kept; it goes on from there if it can.
  ///   - trace: the path of the file of what was measured on the way.
  ///   - start: the state that it begins with; `nil` for the model.
  init(
    _ runner: StudyRunner, _ model: TrainedModel, _ task: any TrainingTask,
    _ settings: TrainingSettings,
    state: TrainingStateFile, trace: String, start: TrainingStateFile? = nil
  ) throws {
    self.runner = runner
    self.model = model
    self.settings = settings
    self.state = state
    store = ParameterStore(model.weights)
    trainer = try Trainer(
      try model.model.graph(
        for: .training(dropout: settings.dropout, labelSmoothing: settings.labelSmoothing)), store,
      task: task, settings: settings)
    measuring = try TrainingSession(
      try model.model.graph(for: .measuring), store, threadCount: settings.threadCount)
    if runner.isThere(state.path) {
      try trainer.restore(try state.read())
    } else if let start {
      try trainer.restore(try start.read())
    }
    self.trace = try AppendedFile(path: trace)
    for line in self.trace.lines {
      guard let record = StrictJSON(Array(line.utf8)), let step = record["step"]?.count,
        step <= trainer.stepCount
      else { continue }
      if let point = record["point"] { measured[step] = point }
      // Lines that were written before a state was are written again, with the same numbers.
      for (place, loss) in (record["losses"]?.elements ?? []).enumerated() {
        losses[step - place] = loss.double
      }
    }
  }

  /// Trains up to a step, and measures at some on the way.
  ///
  /// - Parameter observe: is told the number of each step, before its state is kept.
  func advance(
    to last: Int, measuringAt points: Set<Int>, observing observe: (Int) throws -> Void
  ) throws {
    while trainer.stepCount < last {
      let step = try trainer.step()
      losses[step.number] = step.loss
      unwritten.append(step.loss)
      if points.contains(step.number) {
        let point = try runner.point(measuring)
        measured[step.number] = point
        try trace.append(
          StrictJSON.object([("step", .count(step.number)), ("point", point)]).json)
      }
      try observe(step.number)
      if ContinuousClock.now - lastWrite > .seconds(runner.plan.stateInterval) { try keep() }
      try runner.report("step \(step.number)/\(last)")
    }
    try keep()
  }

  private func keep() throws {
    let recent = unwritten.reversed().map { StrictJSON.number($0) }
    try trace.append(
      StrictJSON.object([("step", .count(trainer.stepCount)), ("losses", .array(recent))]).json)
    unwritten = []
    try write(state)
    lastWrite = .now
  }

  /// Writes the state as it is.
  func write(_ file: TrainingStateFile) throws {
    try file.write(trainer.state, seed: settings.seed, parallelism: runner.parallelism)
  }

  /// The model as it is.
  var trained: TrainedModel {
    var trained = model
    trained.weights = store.tensors()
    return trained
  }

  /// The mean loss of the last steps.
  var lastLoss: Double { meanLoss(through: trainer.stepCount) }

  private func meanLoss(through step: Int) -> Double {
    let recent = (max(1, step - Self.lossCount + 1)...max(1, step)).compactMap { losses[$0] }
    return recent.reduce(0, +) / Double(max(1, recent.count))
  }

  /// What was measured, in order of steps; the tokens that were read only where those of a step are
  /// given.
  func points(stepSeconds: Double, stepWork: Double, stepTokens: Int? = nil) -> [StrictJSON] {
    measured.keys.sorted().map { step in
      let tokens = stepTokens.map { [(key: "tokens", value: StrictJSON.count(step * $0))] }
      return .object(
        [(key: "step", value: .count(step))] + (tokens ?? []) + [
          ("seconds", .number(Double(step) * stepSeconds)),
          ("flops", .number(Double(step) * stepWork)),
          ("training_loss", .number(meanLoss(through: step))),
          ("validation", measured[step] ?? .null),
        ])
    }
  }
}
