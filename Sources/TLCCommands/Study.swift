import ArgumentParser
import Foundation
import Synchronization
import TLC

/// `tlc study STUDY.yaml -o FOLDER`.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Train models of many sizes, compress each in many ways, and measure them all.",
    discussion: """
      Everything of a study is a job that is done once: its result is a line of \
      FOLDER/results.jsonl. A study that is stopped, however, goes on where it was when it is run \
      again. Budgets of training are seconds, turned into steps by a benchmark of each shape that \
      is a job of its own: let the machine be quiet for those, which --only benchmark runs alone. \
      --seed runs a study seed by seed, so that there is a whole result after the first.
      """)

  @Argument(
    help: "What to study: formats/study.md.", completion: .file(extensions: ["yaml", "yml"]))
  var study: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder that all goes into.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("What stands for ${NAME} in the study's paths.", valueName: "name=value"))
  var variables: [String] = []

  @Flag(help: "A study of 20 seconds on texts that are made up, in place of a file.")
  var quick = false

  @Option(help: ArgumentHelp("How many jobs run at a time.", valueName: "count"))
  var jobs = 1

  @Option(
    help: ArgumentHelp(
      "Run jobs of this kind alone: benchmark, rate-check, batch-check, train, cooldown, finetune, "
        + "recover, compress. May be repeated.", valueName: "kind"))
  var only: [String] = []

  @Option(
    name: .customLong("seed"),
    help: ArgumentHelp(
      "Run jobs of this seed of the study alone, and benchmarks. May be repeated.",
      valueName: "seed"))
  var seeds: [UInt64] = []

  @Flag(help: "Print the jobs and the time that they will take, and do nothing.")
  var dryRun = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  private static let kinds = [
    "benchmark", "rate-check", "batch-check", "train", "cooldown", "finetune", "recover",
    "compress",
  ]

  func validate() throws {
    guard quick == (study == nil) else {
      throw ValidationError("there is either a study's file or --quick")
    }
    guard output != nil || dryRun && !quick else { throw ValidationError("--output is missing") }
    guard (1...256).contains(jobs) else {
      throw ValidationError("--jobs \(jobs) is not in 1...256")
    }
    for kind in only where !Self.kinds.contains(kind) {
      throw ValidationError(
        "--only \(kind) is none of \(Self.kinds.joined(separator: ", "))")
    }
    for variable in variables where !variable.dropFirst().contains("=") {
      throw ValidationError("--set \(variable) is no NAME=VALUE")
    }
  }

  func run() throws {
    Termination.handle { Terminal.clearProgress() }
    try reportingErrors {
      let plan = try plan()
      for seed in seeds where !plan.seeds.contains(seed) {
        let known = plan.seeds.map { "\($0)" }.joined(separator: ", ")
        throw ValidationError("--seed \(seed) is none of the study's seeds, which are \(known)")
      }
      var study = Study(plan, folder: output ?? "")
      study.jobCount = jobs
      study.parallelism = threads.parallelism
      study.kinds = only.isEmpty ? nil : Set(only)
      study.seeds = seeds.isEmpty ? nil : Set(seeds)
      if dryRun { return try printJobs(study) }
      let printer = Terminal.studyPrinter(outputs)
      let (doneCount, failures, lostCount) = try study.run(observing: printer)
      Terminal.clearProgress()
      for failure in failures { Terminal.printError("failed: \(failure)") }
      if lostCount > 0 {
        Terminal.printError(
          "note: \(lostCount) jobs that were done before had to be done again: files of models or"
            + " states that others need were gone")
      }
      for name in try StudyRecords(folder: study.folder).unquietBenchmarks {
        Terminal.printError(
          "note: \(name): half of its steps took over 1.5 times as long as the quickest tenth: the"
            + " machine was not quiet, and budgets became too few steps. Without its line,"
            + " \(study.folder)/\(Study.resultsName) has it done again")
      }
      guard !outputs.quiet else { return }
      print("\(study.folder)/\(Study.resultsName): \(doneCount) jobs done")
    }
  }

  private func plan() throws -> StudyPlan {
    guard let path = study else {
      let folder = output ?? ""
      try Folder.create(folder)
      return try .quick(in: folder)
    }
    var values: [String: String] = [:]
    for variable in variables {
      guard let place = variable.firstIndex(of: "=") else { continue }
      values[String(variable[..<place])] = String(variable[variable.index(after: place)...])
    }
    let file = try InputFile(path: path)
    guard file.byteCount <= 1 << 20 else {
      throw Refusal(description: "\(path) has \(file.byteCount) bytes, more than a mebibyte")
    }
    guard
      let text = String(validating: try file.read(at: 0, count: file.byteCount), as: UTF8.self)
    else { throw Refusal(description: "\(path) is not UTF-8") }
    return try StudyPlan(parsing: text, path: path, variables: values)
  }

  private func printJobs(_ study: Study) throws {
    for path in study.plan.files { _ = try InputFile(path: path) }
    let done = output.flatMap { try? StudyRecords(folder: $0) }
    let lost = Set(done.map { study.lostJobs(of: $0) } ?? [])
    let jobs = study.jobs.filter { done?[$0.name] == nil || lost.contains($0.name) }
    let doneCount = study.jobs.count - jobs.count
    let estimate = StudyEstimate(study.plan, folder: output)
    var table: [(kind: String, count: Int, seconds: Double)] = Self.kinds.map { ($0, 0, 0) }
    for job in jobs {
      let seconds = estimate.seconds(of: job)
      if !outputs.quiet { print("\(job.name)  \(Format.fixed(seconds, 1)) s") }
      guard let place = table.firstIndex(where: { $0.kind == job.kind }) else { continue }
      table[place].count += 1
      table[place].seconds += seconds
    }
    for row in table where row.count > 0 {
      print("\(row.kind): \(row.count) jobs, \(Format.time(row.seconds))")
    }
    let total = table.reduce(0) { $0 + $1.seconds }
    print(
      "all: \(jobs.count) jobs, \(Format.time(total))"
        + (doneCount > 0 ? "; \(doneCount) are done" : "")
        + (lost.isEmpty
          ? "" : "; \(lost.count) were done, and are to be done again: their files are gone"))
  }
}

extension Format {
  /// `2 h 05 min`, `5 min 10 s`, `12 s`.
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "for ever" }
    let whole = Int(seconds.rounded(.up))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole >= 3600 { return "\(whole / 3600) h \(two(whole / 60 % 60)) min" }
    return whole >= 60 ? "\(whole / 60) min \(two(whole % 60)) s" : "\(whole) s"
  }
}

extension Terminal {
  /// A function that shows how a study goes, at most so often.
  fileprivate static func studyPrinter(
    _ options: OutputOptions
  ) -> @Sendable (StudyProgress) -> Void {
    let isTerminal = isTerminalOnStderr
    guard !options.quiet, isTerminal || options.progress else { return { _ in } }
    let last = LastTime()
    return { progress in
      guard last.hasPassed(.milliseconds(isTerminal ? 200 : 10_000)) else { return }
      showProgress(
        "\(progress.doneCount)/\(progress.jobCount) jobs  \(Format.time(progress.secondsLeft)) left"
          + "  \(progress.job) \(progress.activity)", isDone: false)
    }
  }
}

/// When something was done last, for all threads.
private final class LastTime: Sendable {
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// Whether so much time has passed since this was true.
  func hasPassed(_ duration: Duration) -> Bool {
    last.withLock { last in
      if let then = last, ContinuousClock.now - then < duration { return false }
      last = .now
      return true
    }
  }
}
