import Foundation
import TLCCore
import TLCSystem
import TLCTestSupport

@testable import TLCPipeline

extension StudyPlan {
  /// A study of one shape, small enough for a test.
  static func tiny(
    in folder: String, _ change: (inout StudyPlan) -> Void = { _ in }
  ) throws -> StudyPlan {
    var plan = try StudyPlan.quick(in: folder)
    plan.shapes = [.init(depth: 1, width: 32)]
    (plan.compression.bits, plan.compression.steps) = ([4], [])
    plan.compression.bothSparsities = []
    plan.tasks[0].isRecovered = false
    change(&plan)
    return plan
  }
}

extension Study {
  /// A folder with benchmarks that say how long a step takes, so that budgets are the same steps
  /// wherever the test runs, and behind them what a process that was killed left.
  static func benchmarked(
    _ plan: StudyPlan, _ folder: String, in scratch: Scratch
  ) throws -> Study {
    var study = Study(plan, folder: scratch.path(folder))
    study.parallelism = .serial
    study.kinds = []
    try study.run()
    let path = "\(study.folder)/results.jsonl"
    var text = try String(contentsOfFile: path, encoding: .utf8)
    for job in plan.jobs where job.kind == "benchmark" {
      text += "{\"job\":\"\(job.name)\",\"kind\":\"benchmark\",\"median_seconds\":0.01}\n"
    }
    try Data((text + "{\"job\":\"cut o").utf8).write(to: URL(fileURLWithPath: path))
    study.kinds = nil
    return study
  }
}

extension StudyRecords {
  /// What results say, by job, but for the times that they took.
  var untimed: [String: String] {
    var texts: [String: String] = [:]
    for record in all {
      let members = (record.members ?? []).filter { $0.key != "elapsed" }
      texts[record["job"]?.text ?? ""] = StrictJSON.object(members).json
    }
    return texts
  }
}

/// Counts down, of one thread at a time.
final class Countdown: @unchecked Sendable {
  private var left: Int

  init(_ left: Int) { self.left = left }

  func isOver() -> Bool {
    left -= 1
    return left < 0
  }
}
