import ArgumentParser
import Foundation
import TLC

extension TrainingOptions {
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
}
