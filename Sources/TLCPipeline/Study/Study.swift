internal import Foundation
internal import Synchronization
internal import TLCCore
public import TLCSystem
internal import TLCTraining

/// A study that is run: jobs in an order that is drawn, each of which is done once, whatever stops
/// the process.
public struct Study: Sendable {
  /// What is studied.
  public var plan: StudyPlan
  /// The folder that all goes into.
  public var folder: String
  /// How many jobs run at a time.
  public var jobCount = 1
  /// How many threads all of them share.
  public var parallelism = Parallelism.automatic
  /// The kinds of jobs that are run; `nil` for all.
  public var kinds: Set<String>?
  /// The seeds whose jobs are run, with those that have no seed; `nil` for all.
  public var seeds: Set<UInt64>?

  /// A study of a plan.
  public init(_ plan: StudyPlan, folder: String) {
    self.plan = plan
    self.folder = folder
  }

  /// The file of results.
  public static let resultsName = "results.jsonl"

  /// The jobs of the kinds and of the seeds that are asked for, in the order of the plan.
  public var jobs: [StudyJob] {
    plan.jobs.filter { job in
      kinds?.contains(job.kind) ?? true
        && (job.seed.map { seeds?.contains($0) ?? true } ?? true)
    }
  }

  /// Runs what is not done yet.
  ///
  /// - Parameter observe: is told what goes on, by one job at a time; may throw, to end it all.
  /// - Returns: how many jobs were done now, which of all failed, and how many were done before and
  ///   had to be done again, because the files that they had written are gone.
  /// - Throws: `StudyError` where the folder is another study's; what reading texts throws.
  @discardableResult public func run(
    observing observe: @escaping @Sendable (StudyProgress) throws -> Void = { _ in }
  ) throws -> (doneCount: Int, failures: [String], lostCount: Int) {
    for name in ["", "/models", "/states"] { try Folder.create(folder + name) }
    // The folder is taken before texts are read, which takes time.
    let digest = try plan.files.map { try InputFile(path: $0).digest().hex }
    let results = try StudyResults(
      path: "\(folder)/\(Self.resultsName)",
      heading: [
        ("study", .count(1)), ("plan", .string(plan.identity)),
        ("texts", .array(digest.map { .string($0) })),
        ("threads", .count(max(1, parallelism.threads / jobCount))),
      ])
    for name in ["models", "states"] { AtomicFile.removeAllAbandoned(in: "\(folder)/\(name)") }
    let jobs = jobs
    let lostCount = try dropLostJobs(results)
    let queue = StudyQueue(jobs, results, estimate: StudyEstimate(plan, results))
    guard queue.hasWork else { return (0, queue.failures, 0) }
    let data: StudyData
    do {
      data = try StudyData(plan, folder: folder, parallelism: parallelism)
    } catch {
      // A plan that its texts do not allow does not keep the folder from one that is mended.
      try results.clearWithoutResults()
      throw error
    }
    let inner = Parallelism(threads: max(1, parallelism.threads / jobCount))
    let doneCount = Mutex(0)
    _ = try Parallelism(threads: jobCount).map(jobCount) { _ in
      while let job = queue.next() {
        let start = ContinuousClock.now
        let runner = StudyRunner(
          plan: plan, folder: folder, data: data, results: results, parallelism: inner
        ) { what in
          try queue.observing { try observe($0.progress(job, what)) }
        }
        do {
          var members = job.members
          do {
            try runner.report("")
            members += try runner.run(job)
          } catch let error as TrainingError where error.isDivergence {
            // A training that diverges is a result: others do not depend on it.
            members.append(("failed", .string("\(error)")))
          }
          members.append(("elapsed", .number(start.duration(to: .now).seconds)))
          try results.append(.object(members), of: job.name)
        } catch {
          queue.stop()
          throw error
        }
        runner.clean(job)
        queue.finish(job)
        doneCount.withLock { $0 += 1 }
      }
    }
    return (doneCount.withLock { $0 }, queue.failures, lostCount)
  }
}

/// How far a study is.
public struct StudyProgress: Sendable {
  /// The job that goes on.
  public var job: String
  /// What it does; empty where it begins.
  public var activity: String
  /// The jobs that are done, before this run too.
  public var doneCount: Int
  /// All jobs.
  public var jobCount: Int
  /// The seconds that what is left will take.
  public var secondsLeft: Double
}

/// The jobs of a study, of which each is taken once, after those that it needs.
final class StudyQueue: Sendable {
  struct State {
    var waiting: [StudyJob]
    var running: [String: ContinuousClock.Instant] = [:]
    var failures: [String]
    var doneCount: Int
    var isStopped = false
    /// Whether what runs is timed.
    var isTiming = false
    /// The seconds that jobs took, over those that were predicted.
    var taken = 0.0
    var predicted = 0.0
  }

  private let state: Mutex<State>
  private let observer = Mutex(())
  private let results: StudyResults
  private let estimate: StudyEstimate
  private let jobCount: Int

  init(_ jobs: [StudyJob], _ results: StudyResults, estimate: StudyEstimate) {
    self.results = results
    self.estimate = estimate
    jobCount = jobs.count
    let done = jobs.filter { results[$0.name] != nil }
    state = Mutex(
      State(
        waiting: jobs.filter { results[$0.name] == nil },
        failures: done.map { $0.name }.filter { results[$0]?["failed"] != nil },
        doneCount: done.count))
  }

  var hasWork: Bool { state.withLock { !$0.waiting.isEmpty } }

  /// The names of the jobs that failed, or that need one that did.
  var failures: [String] { state.withLock { $0.failures } }

  func stop() { state.withLock { $0.isStopped = true } }

  /// The next job whose needs are met; waits for those that are running; `nil` where there is none.
  func next() -> StudyJob? {
    while true {
      let (job, isOver): (StudyJob?, Bool) = state.withLock { state in
        guard !state.isStopped else { return (nil, true) }
        state.waiting.removeAll { job in
          guard
            job.needs.contains(where: { need in
              results[need]?["failed"] != nil || state.failures.contains(need)
            })
          else { return false }
          state.failures.append(job.name)
          return true
        }
        guard
          let place = state.waiting.firstIndex(where: { job in
            job.needs.allSatisfy { results[$0] != nil }
          })
        else { return (nil, state.running.isEmpty) }
        // What is timed has the machine for itself.
        guard state.running.isEmpty || !(state.isTiming || state.waiting[place].isTimed) else {
          return (nil, false)
        }
        state.isTiming = state.waiting[place].isTimed
        let job = state.waiting.remove(at: place)
        state.running[job.name] = .now
        return (job, false)
      }
      if let job { return job }
      if isOver { return nil }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  func finish(_ job: StudyJob) {
    state.withLock { state in
      if let start = state.running.removeValue(forKey: job.name) {
        state.taken += start.duration(to: .now).seconds
        state.predicted += estimate.seconds(of: job)
      }
      state.doneCount += 1
      if results[job.name]?["failed"] != nil { state.failures.append(job.name) }
    }
  }

  /// Calls `body` for one job at a time.
  func observing(_ body: (Snapshot) throws -> Void) throws {
    let snapshot = state.withLock { state in
      let left = state.waiting.reduce(0) { $0 + estimate.seconds(of: $1) }
      // What jobs took so far corrects what was predicted, once it says enough.
      let factor = state.predicted > 5 ? state.taken / state.predicted : 1
      let share = Double(max(1, state.running.count))
      return Snapshot(
        doneCount: state.doneCount, jobCount: jobCount, secondsLeft: left * factor / share)
    }
    try observer.withLock { _ in try body(snapshot) }
  }

  /// How far all jobs are.
  struct Snapshot {
    var doneCount: Int
    var jobCount: Int
    var secondsLeft: Double

    func progress(_ job: StudyJob, _ what: String) -> StudyProgress {
      StudyProgress(
        job: job.name, activity: what, doneCount: doneCount, jobCount: jobCount,
        secondsLeft: secondsLeft)
    }
  }
}

extension Duration {
  /// As a number of seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
