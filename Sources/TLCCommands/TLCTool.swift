public import ArgumentParser
import TLC

/// `tlc`: the root of all commands.
public struct TLCTool: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "tlc", abstract: "Make, check and read small checkpoints that prove themselves.",
    discussion: ExitStatus.manual, version: Tool.version,
    subcommands: [
      Convert.self, Inspect.self, GraphCommand.self, Run.self, Bench.self, Verify.self, Diff.self,
      Compare.self, Report.self, Export.self, Dump.self, Train.self, FineTune.self,
      Evaluate.self, Recover.self, StudyCommand.self, Plan.self, Sign.self, KeyGen.self,
    ])

  public init() {}

  /// Runs the tool with the arguments of the process.
  public static func main() {
    StandardStreams.prepare()
    main(nil)
  }
}
