import ArgumentParser
import TLC

/// How a model is trained, wherever one is.
struct TrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The examples of a step.", valueName: "count"))
  var batch = 32

  @Option(
    help: ArgumentHelp(
      "In how many parts a step's examples are run, so that less memory serves.",
      valueName: "count"))
  var parts = 1

  @Option(
    help: ArgumentHelp(
      "The greatest learning rate. [default: train 0.001, finetune 0.0003, recover 0.0001]",
      valueName: "rate"))
  var rate: Float?

  @Option(
    help: ArgumentHelp(
      "The steps over which the rate rises. [default: a twentieth of all]", valueName: "count"))
  var warmup: Int?

  @Option(
    help: ArgumentHelp(
      "How the rate goes on: linear falls to 0, wsd stays and cools down over the last fifth, "
        + "constant stays.", valueName: "schedule"))
  var schedule: Schedule = .linear

  @Option(help: ArgumentHelp("The share of numbers left out by chance.", valueName: "share"))
  var dropout: Float = 0.1

  @Option(
    help: ArgumentHelp(
      "What of a target is spread over all labels. [default: 0, and 0.1 of translations]",
      valueName: "share"))
  var labelSmoothing: Float?

  @Option(
    help: ArgumentHelp("What of a matrix, times the rate, a step takes off.", valueName: "decay"))
  var weightDecay: Float = 0.01

  @Option(
    help: ArgumentHelp("The norm that gradients are clipped to; 0 for none.", valueName: "norm"))
  var clip: Float = 1

  @Option(help: "Of all that is drawn by chance.")
  var seed: UInt64 = 0

  enum Schedule: String, ExpressibleByArgument, CaseIterable {
    case linear, wsd, constant

    var library: LearningRate.Decay { LearningRate.Decay(rawValue: rawValue) ?? .linear }
  }

  /// The settings of so many steps.
  func settings(
    stepCount: Int, rate standard: Float, smoothing: Float = 0, threads: Int
  ) -> TrainingSettings {
    var settings = TrainingSettings(
      stepCount: stepCount, batchCount: batch,
      rate: LearningRate(
        peak: rate ?? standard, warmupCount: warmup ?? stepCount / 20, decay: schedule.library),
      dropout: dropout, seed: seed, threadCount: threads)
    settings.partCount = parts
    settings.labelSmoothing = labelSmoothing ?? smoothing
    settings.optimizer.decay = weightDecay
    settings.optimizer.greatestNorm = clip == 0 ? nil : clip
    return settings
  }
}

/// What is said of a model when it is measured.
struct MeasurementJSON: Encodable {
  var loss: Double
  var perplexity: Double
  var accuracy: Double
  var labels: Int

  init(_ measurement: Measurement) {
    loss = measurement.loss
    perplexity = measurement.perplexity
    accuracy = measurement.accuracy
    labels = measurement.labelCount
  }
}

extension Measurement {
  /// `loss 2.31, perplexity 10.07, accuracy 51.2% of 1234 labels`.
  var sentence: String {
    "loss \(Format.fixed(loss, 4)), perplexity \(Format.fixed(perplexity, 3)), accuracy"
      + " \(Format.percent(accuracy)) of \(labelCount) labels"
  }
}

extension Terminal {
  /// A function that shows how a training goes, at most so often.
  static func trainingPrinter(_ options: OutputOptions) -> (TrainingProgress) -> Void {
    let isTerminal = isTerminalOnStderr
    guard !options.quiet, isTerminal || options.progress else { return { _ in } }
    var last: ContinuousClock.Instant?
    return { progress in
      let now = ContinuousClock.now
      let isDone = progress.step.number == progress.stepCount
      if let last, now - last < .milliseconds(isTerminal ? 100 : 2_000), !isDone { return }
      last = now
      let speed = progress.gigaflops > 0 ? "  \(Format.fixed(progress.gigaflops, 1)) GFLOP/s" : ""
      showProgress(
        "step \(progress.step.number)/\(progress.stepCount)"
          + "  loss \(Format.fixed(progress.loss, 4))"
          + "  \(Int(progress.tokenRate)) tokens/s\(speed)"
          + "  \(Int(progress.secondsLeft.rounded(.up))) s left", isDone: isDone)
    }
  }
}
