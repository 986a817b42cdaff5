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

/// How translations are looked for.
struct BeamOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Go on with so many translations of a text; 1 takes the likeliest token each time. "
        + "[default: 4]", valueName: "count"))
  var beam: Int?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a translation. [default: as many as the model takes]",
      valueName: "count"))
  var maxLength: Int?

  @Option(
    help: ArgumentHelp(
      "The power of its length that a translation's log-probability is divided by: above 1 for longer "
        + "ones; below 0 as --length-penalty=-1. [default: 1]", valueName: "power"))
  var lengthPenalty: Double?

  var isGiven: Bool { beam != nil || maxLength != nil || lengthPenalty != nil }

  func validate() throws {
    do throws(TextModelError) { try library.require() } catch {
      throw ValidationError(error.description)
    }
  }

  var library: TranslationSettings {
    TranslationSettings(
      beamCount: beam ?? 4, greatestTokenCount: maxLength, lengthPenalty: lengthPenalty ?? 1)
  }
}
