import ArgumentParser
import Foundation
import TLC

/// Where the state of a training is kept, and whether it goes on from there.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep the state of the training in this .tlcq file, to --resume from.", valueName: "file"),
    completion: .file(extensions: ["tlcq"]))
  var state: String?

  @Option(help: ArgumentHelp("Keep it after each so many steps.", valueName: "count"))
  var every = 100

  @Flag(help: "Go on from the state that is kept, bit for bit, or begin where there is none.")
  var resume = false

  func validate() throws {
    if every < 1 { throw ValidationError("--every \(every) is below 1") }
    if resume, state == nil { throw ValidationError("--resume needs --state") }
  }

  /// Refuses what would cost a file that is there, before any work is done: an output or a state in
  /// the place of what is read, or of each other, and a state in the place of another training's.
  ///
  /// - Parameter replacing: whether files that are there may be lost.
  func requireFiles(output: String, replacing: Bool, inputs: [String]) throws {
    for path in [output, state] { try requireOutput(path, isNoneOf: inputs) }
    if resume {
      for path in [output, state].compactMap({ $0 }) { AtomicFile.removeAbandoned(of: path) }
    }
    _ = try AtomicFile(path: output, overwriting: replacing)
    guard let state else { return }
    let urls = [output, state].map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }
    guard urls[0] != urls[1] else {
      throw ValidationError("--output and --state are the same file")
    }
    if !resume {
      try TrainingStateFile(path: state, training: "").requireReplaceable(replacing: replacing)
    }
    _ = try AtomicFile(path: state, overwriting: true)
  }

  /// A training whose state is kept as asked.
  func training(
    _ model: TrainedModel, _ task: any TrainingTask, _ settings: TrainingSettings, data: Digest
  ) throws -> ModelTraining {
    let file = state.map {
      TrainingStateFile(
        path: $0,
        training: ModelTraining.description(model, task, settings, data: data))
    }
    var training = ModelTraining(
      model, task: task, settings: settings, state: file, interval: every)
    training.isResumed = resume && state.map { (try? FileIdentity(path: $0)) != nil } ?? false
    return training
  }
}
