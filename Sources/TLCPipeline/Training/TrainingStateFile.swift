internal import Foundation
import TLCCore
import TLCFormat
public import TLCSystem
public import TLCTraining

/// A training's state in a `.tlcq` file, which appears whole or not at all: weights, and the means
/// of their gradients and of their squares behind `adamw.mean/` and `adamw.square/`; an asset says
/// which step it is of, and of which training.
public struct TrainingStateFile: Sendable {
  /// The path of the file.
  public var path: String
  /// What tells one training from another: its settings and its data.
  public var training: String

  /// What a training's text says that follows from options and files: a state that differs in nothing
  /// else is of texts or of a model that are read in another way.
  static let (firstBatch, firstWeights) = ("first batch", "first weights")

  private static let asset = "training/state.json"
  private static let prefixes = (mean: "adamw.mean/", square: "adamw.square/")

  /// The file of a training.
  public init(path: String, training: String) {
    self.path = path
    self.training = training
  }

  /// Writes a state in place of the one before.
  public func write(_ state: TrainingState, seed: UInt64, parallelism: Parallelism) throws {
    var tensors = state.weights
    for (prefix, means) in [
      (Self.prefixes.mean, state.means), (Self.prefixes.square, state.squares),
    ] {
      for (name, tensor) in means { tensors[prefix + name] = tensor }
    }
    let names = tensors.keys.sorted { $0.precedesInUTF8($1) }
    var encoder = TensorEncoder()
    encoder.storesRaw = true
    let encoded = parallelism.map(names.count) { [tensors, encoder] place in
      tensors[names[place]].map {
        encoder.encode($0, name: names[place], source: $0, origin: nil)
      }
    }
    let writer = try CheckpointWriter(
      path: path, overwriting: true, provenance: TrainedModel.provenance(seed: seed))
    for tensor in encoded {
      if let tensor { try writer.append(tensor) }
    }
    let json = "{\"step\":\(state.stepCount),\"training\":\(JSONText.quoted(training))}"
    try writer.appendAsset(
      name: Self.asset, mediaType: "application/json", bytes: Array(json.utf8))
    try writer.finish()
  }

  /// Reads the state.
  ///
  /// - Throws: `CheckpointError` where the file is wrong; `TrainingError.state` where it is of another
  ///   training.
  public func read() throws -> TrainingState {
    let checkpoint = try Checkpoint(path: path)
    guard let record = checkpoint.main.assets.first(where: { $0.name == Self.asset }),
      let json = StrictJSON(try checkpoint.main.bytes(of: record)), let step = json["step"]?.count
    else { throw TrainingError.state("\(path) is no state of a training") }
    let said = json["training"]?.text ?? ""
    guard said == training else {
      throw TrainingError.state(
        "\(path) is of another training: \(Self.differences(said, training))")
    }
    var state = TrainingState(stepCount: step, weights: [:], means: [:], squares: [:])
    for record in checkpoint.tensors {
      guard let tensor = try checkpoint.tensor(named: record.name, parallelism: .automatic) else {
        continue
      }
      if record.name.hasPrefix(Self.prefixes.mean) {
        state.means[String(record.name.dropFirst(Self.prefixes.mean.count))] = tensor
      } else if record.name.hasPrefix(Self.prefixes.square) {
        state.squares[String(record.name.dropFirst(Self.prefixes.square.count))] = tensor
      } else {
        state.weights[record.name] = tensor
      }
    }
    return state
  }

  /// Requires that a training may begin anew, and keep its state here.
  ///
  /// - Parameter replacing: whether the state of a training that is here may be lost.
  /// - Throws: `TrainingError.state` where it may not, or where there is a file of another kind.
  public func requireReplaceable(replacing: Bool) throws {
    guard (try? FileIdentity(path: path)) != nil else { return }
    let isState =
      (try? Checkpoint(path: path).main.assets.contains { $0.name == Self.asset }) ?? false
    guard isState else {
      throw TrainingError.state("\(path) is there, and is no state of a training")
    }
    guard replacing else {
      throw TrainingError.state(
        "\(path) has the state of a training: --resume goes on with it, --force begins anew")
    }
  }

  /// Where two trainings differ: `steps 60, not 61`.
  private static func differences(_ said: String, _ training: String) -> String {
    let (old, new) = (said.split(separator: ", "), training.split(separator: ", "))
    guard old.count == new.count else { return "\(said), not \(training)" }
    let found = zip(old, new).filter { $0 != $1 }
    let causes = found.filter { old, _ in
      !old.hasPrefix(firstBatch) && !old.hasPrefix(firstWeights)
    }
    return (causes.isEmpty ? found : causes).map { old, new in
      let shared = zip(old, new).prefix { $0 == $1 }.map { $0.0 }
      let word = shared.lastIndex(of: " ").map { $0 + 1 } ?? 0
      return "\(old), not \(new.dropFirst(word))"
    }.joined(separator: "; ")
  }
}
