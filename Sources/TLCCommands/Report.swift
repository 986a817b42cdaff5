import ArgumentParser
import TLC

/// `tlc report FILE`.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a page of what a .tlcq file holds, what it costs, and how near it is.",
    discussion: """
      One file of HTML that needs no network and no script: sizes by part and encoding, bits and \
      errors by layer and tensor, histograms of codes, and what repeating the recorded runs found. \
      With --against, certificates are measured again, runs are compared with the source's, and each \
      tensor's part in the difference is measured. `tlc-convert --report` writes the same page, with \
      the rates that a goal was sought with.

      Of a folder of `tlc study`, also while it runs: its curves, and a verdict on each claim.

      Ends with status 0 where all is as the file states, 1 where what is measured is not, 2 where \
      the file is damaged, and no page is written, 3 where a file cannot be read or written, 4 where \
      a recorded run gives other bits here, which the page tells.
      """)

  @Argument(
    help: "The .tlcq file, the index of a set, or the folder of a study.",
    completion: .file(extensions: ["tlcq"]))
  var file: String

  @Option(
    help: ArgumentHelp("The checkpoint that the file was made from.", valueName: "source"),
    completion: .file())
  var against: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The page to write. [default: FILE with the ending .html]", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  private var path: String {
    output ?? (file.hasSuffix(".tlcq") ? String(file.dropLast(5)) : file) + ".html"
  }

  func validate() throws {
    if [file, against].contains(path) {
      throw ValidationError("--output \(path) is a file that is to be read")
    }
  }

  func run() throws {
    Termination.handle { Terminal.clearProgress() }
    try reportingErrors {
      if StudyReport.isStudy(file) {
        let page = try PageFile(path: path, overwriting: force)
        try page.write(try StudyReport(folder: file).page)
        if !outputs.quiet { Terminal.printLine("\(path): report of \(file)") }
        return
      }
      let checkpoint = try Checkpoint(path: file)
      let page = try PageFile(path: path, overwriting: force)
      let report = try CheckpointReport(
        checkpoint, comparing: against.map { .all(source: $0) } ?? .none,
        parallelism: threads.parallelism, progress: outputs.progressPrinter)
      Terminal.clearProgress()
      try page.write(report.page)
      if let failure = report.verification.failure { throw failure }
      for mismatch in (report.comparison?.mismatches ?? []) + (report.runs?.mismatches ?? []) {
        Terminal.printError("error: \(mismatch)")
      }
      if !report.isSound { throw ExitStatus.failure }
      if !outputs.quiet { Terminal.printLine("\(path): report of \(file)") }
    }
  }
}
