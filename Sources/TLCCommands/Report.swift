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

      Of a folder of `tlc study`, also while it runs: its curves, and a verdict on each claim. \
      --figures writes charts for other documents, each with a ground that is light or dark as the \
      reader's system is.

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

  @Option(
    help: ArgumentHelp(
      "Write each chart as a file of SVG too, named for its title, into this folder.",
      valueName: "folder"),
    completion: .directory)
  var figures: String?

  @Flag(help: "Replace files that are there.")
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
        try requireOutput(path, isNoneOf: ["\(file)/\(Study.resultsName)"])
        let page = try PageFile(path: path, overwriting: force)
        tell(charts: try write(try StudyReport(folder: file).page, to: page))
        return
      }
      if Folder.isThere(file) {
        throw Refusal(
          description: "\(file): it has no \(Study.resultsName), and so is no study's folder")
      }
      let checkpoint = try Checkpoint(path: file)
      let page = try PageFile(path: path, overwriting: force)
      let report = try CheckpointReport(
        checkpoint, comparing: against.map { .all(source: $0) } ?? .none,
        parallelism: threads.parallelism, progress: outputs.progressPrinter)
      Terminal.clearProgress()
      let charts = try write(report.page, to: page)
      if let failure = report.verification.failure { throw failure }
      for mismatch in (report.comparison?.mismatches ?? []) + (report.runs?.mismatches ?? []) {
        Terminal.printError("error: \(mismatch)")
      }
      if !report.isSound { throw ExitStatus.failure }
      tell(charts: charts)
    }
  }

  /// Returns how many charts were written by themselves.
  private func write(_ page: ReportPage, to file: PageFile) throws -> Int {
    let charts = try figures.map { try FigureFiles(page, folder: $0, overwriting: force) }
    try file.write(page)
    try charts?.write()
    return charts?.count ?? 0
  }

  private func tell(charts: Int) {
    guard !outputs.quiet else { return }
    Terminal.printLine("\(path): report of \(file)")
    if let figures { Terminal.printLine("\(figures): \(charts) charts") }
  }
}
