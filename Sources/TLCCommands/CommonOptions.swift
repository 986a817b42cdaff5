import ArgumentParser
import TLC

/// `--threads`, wherever work is shared out.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many threads to use, 1 to 1024; results never depend on it. [default: one a processor]",
      valueName: "count"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1_024).contains(threads) {
      throw ValidationError("--threads \(threads) is not in 1...1024")
    }
  }

  var parallelism: Parallelism { threads.map { Parallelism(threads: $0) } ?? .automatic }
}

/// `--compute`, wherever a model is run.
struct ComputeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How products are computed: f32; int8 to take activations as bytes where a matrix is stored in "
        + "8 bits or less, with a step for each output or one for all; codes to keep such a matrix, or "
        + "one with a step a group, as its codes in memory.", valueName: "way"))
  var compute: Way = .f32

  enum Way: String, ExpressibleByArgument, CaseIterable {
    case f32, int8, codes

    var library: Compute { Compute(rawValue: rawValue) ?? .f32 }
  }
}

/// `--quiet` and `--progress`.
struct OutputOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print errors only.")
  var quiet = false

  @Flag(help: "Print progress on stderr even where that is not a terminal.")
  var progress = false

  func validate() throws {
    if quiet && progress { throw ValidationError("--quiet and --progress exclude each other") }
  }

  var progressPrinter: (WorkProgress) -> Void {
    Terminal.progressPrinter(isForced: progress, isQuiet: quiet)
  }
}
