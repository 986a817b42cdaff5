internal import TLCCore
internal import TLCSystem

extension Study {
  /// The jobs that are done, and whose files are gone though jobs that are not done need them; with
  /// all that was made of them, since another machine may train to other bits.
  func lostJobs(_ results: StudyResults) -> [String] {
    let all = plan.jobs
    var waiting = jobs.filter { results[$0.name] == nil }
    var lost: Set<String> = []
    func isDone(_ job: String) -> Bool {
      results[job].map { $0["failed"] == nil } ?? false && !lost.contains(job)
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
          all.filter { isDone($0.name) && $0.needs.contains(where: lost.contains) }.map { $0.name })
      }
      waiting = all.filter { lost.contains($0.name) }
    }
    return all.map { $0.name }.filter(lost.contains)
  }
}
