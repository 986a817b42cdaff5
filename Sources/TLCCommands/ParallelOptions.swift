import ArgumentParser
import TLC

/// `--source` and `--target`.
struct ParallelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Texts to be translated, one a line.", valueName: "file"),
    completion: .file())
  var source: String?

  @Option(
    help: ArgumentHelp("Their translations, line by line.", valueName: "file"),
    completion: .file())
  var target: String?

  func validate() throws {
    if (source == nil) != (target == nil) {
      throw ValidationError("--source and --target go together")
    }
  }

  /// The two files; `nil` where none is given.
  var files: ParallelTexts.Files? {
    guard let source, let target else { return nil }
    return .lines(source: source, target: target)
  }
}
