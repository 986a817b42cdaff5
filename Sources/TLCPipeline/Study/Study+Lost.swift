internal import Foundation
internal import TLCCore
internal import TLCSystem

extension Study {
  /// Takes back the results of ``lostJobs(_:)``, and removes what they and the jobs that need them
  /// kept to go on from, which is of the models that are gone.
  ///
  /// - Returns: how many they are.
  func dropLostJobs(_ results: StudyResults) throws -> Int {
    let lost = lostJobs { results[$0] }
    guard !lost.isEmpty else { return 0 }
    let names = Set(lost)
    for job in plan.jobs where names.contains(job.name) || !names.isDisjoint(with: job.needs) {
      for ending in ["tlcq", "jsonl"] {
        try? FileManager.default.removeItem(atPath: "\(folder)/states/\(job.name).\(ending)")
      }
    }
    try results.drop(lost)
    return lost.count
  }

  /// The jobs that are done, and that ``run(observing:)`` would do again: files that they wrote are
  /// gone, though jobs that are not done need them.
  public func lostJobs(of records: StudyRecords) -> [String] { lostJobs { records[$0] } }

  /// The jobs that are done, and whose files are gone though jobs that are not done need them; with
  /// all that was made of them, since another machine may train to other bits. Models whose cooldown
  /// is done have come of a training already, and stay when it is done again for another.
  ///
  /// - Parameter result: of a job; `nil` where it is not done.
  private func lostJobs(_ result: (String) -> StrictJSON?) -> [String] {
    let all = plan.jobs
    var waiting = jobs.filter { result($0.name) == nil }
    var lost: Set<String> = []
    func isDone(_ job: String) -> Bool {
      result(job).map { $0["failed"] == nil } ?? false && !lost.contains(job)
    }
    while true {
      let gone = waiting.filter { job in
        job.input.map { (try? FileIdentity(path: "\(folder)/\($0)")) == nil } ?? false
      }.flatMap { $0.needs }.filter(isDone)
      guard !gone.isEmpty else { break }
      var more = Set(gone)
      while !more.isEmpty {
        lost.formUnion(more)
        more = Set(
          all.filter {
            $0.kind != "cooldown" && isDone($0.name) && $0.needs.contains(where: lost.contains)
          }.map { $0.name })
      }
      waiting = all.filter { lost.contains($0.name) }
    }
    return all.map { $0.name }.filter(lost.contains)
  }
}
