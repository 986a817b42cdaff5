import Foundation
import TLC

// `Soak FILE SECONDS [--memory-is-not-judged]`: four threads open, run and close sessions of a file
// for so many seconds, in ten parts with a rest after each, and `scripts/soak` says what must hold.

/// What memory may grow by from the end of the first part to that of the last.
let residentSlack = 1.10
let residentSlackByteCount = 8 << 20
let heapSlackByteCount = 1 << 20
/// Files that the libraries under it open when they come to it, once: for threads, and to wait.
let fileSlackCount = 4

func soak(_ path: String, seconds: Double, judgingMemory: Bool) throws {
  let requests = try Request.all(of: try Checkpoint(path: path))
  var shared: [Compute: Session] = [:]
  for compute in Compute.allCases {
    shared[compute] = try Session(opening: path, compute: compute, threadCount: 2)
  }
  print("  part        runs    sessions  resident MiB   heap MiB  files")
  var usages: [Usage] = []
  for part in 1...10 {
    let end = ContinuousClock.now + .seconds(seconds / 10)
    let workers = try inThreads(4) { [shared] thread in
      var worker = Worker(
        path: path, requests: requests, shared: shared, seed: UInt64(part * 4 + thread))
      try worker.work(until: end)
      return worker
    }
    let usage = try Usage.now()
    usages.append(usage)
    let runs = workers.reduce(0) { $0 + $1.runCount }
    let sessions = workers.reduce(0) { $0 + $1.openCount }
    let resident = Double(usage.residentByteCount) / 0x1p20
    let heap = Double(usage.heapByteCount) / 0x1p20
    let row = [
      "\(part)".padded(6), "\(runs)".padded(12), "\(sessions)".padded(12),
      String(format: "%.1f", resident).padded(14), String(format: "%.2f", heap).padded(11),
      "\(usage.fileCount)".padded(7),
    ]
    print(row.joined())
    fflush(nil)
    guard runs > 0 else { throw SoakError("part \(part) was too short for a run") }
  }
  guard let first = usages.first, let last = usages.last else { return }
  guard last.fileCount <= first.fileCount + fileSlackCount else {
    throw SoakError("\(last.fileCount) files are open at the end, and \(first.fileCount) were")
  }
  guard judgingMemory else { return }
  let bound = Int(Double(first.residentByteCount) * residentSlack) + residentSlackByteCount
  guard last.residentByteCount <= bound else {
    throw SoakError("\(last.residentByteCount) bytes are resident at the end, above \(bound)")
  }
  guard last.heapByteCount <= first.heapByteCount + heapSlackByteCount else {
    throw SoakError(
      "\(last.heapByteCount) bytes are allocated at the end, and \(first.heapByteCount) were")
  }
}

/// Calls `body` in so many threads at once, whatever the machine has, and returns when all are done.
func inThreads<Result: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
) throws -> [Result] {
  let group = DispatchGroup()
  let results = Results<Result>()
  for index in 0..<count {
    group.enter()
    Thread.detachNewThread {
      results.add(Swift.Result { try body(index) })
      group.leave()
    }
  }
  group.wait()
  return try results.all.map { try $0.get() }
}

extension String {
  /// At the right end of a column.
  func padded(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

let words = CommandLine.arguments
guard words.count >= 3, let seconds = Double(words[2]) else {
  print("Soak FILE SECONDS [--memory-is-not-judged]")
  exit(64)
}
do {
  try soak(
    words[1], seconds: seconds, judgingMemory: !words.contains("--memory-is-not-judged"))
} catch {
  print("error: \(error)")
  exit(1)
}
