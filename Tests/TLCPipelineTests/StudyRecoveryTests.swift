import Foundation
import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCPipeline

@Suite struct StudyRecoveryTests {
  private struct Stop: Error {}

  @Test func `pruning that is stopped goes on behind its last level, to the same bits`() throws {
    let scratch = try Scratch()
    let plan = try StudyPlan.tiny(in: scratch.path("")) { plan in
      plan.tasks[0].isRecovered = true
      plan.budgets = [0.05]
      plan.compression = .init()
      plan.compression.levelCount = 2
    }
    var whole = try Study.benchmarked(plan, "whole", in: scratch)
    whole.kinds = ["train", "cooldown", "finetune"]
    try whole.run()
    whole.kinds = ["recover"]
    var stopped = whole
    stopped.folder = scratch.path("stopped")
    try FileManager.default.copyItem(atPath: whole.folder, toPath: stopped.folder)
    try whole.run()
    for level in 1...2 {
      #expect(throws: Stop.self) {
        try stopped.run { progress in
          guard progress.activity.hasPrefix("level") else { return }
          // A level that was done would be done again before this one.
          #expect(progress.activity == "level \(level)/2")
          throw Stop()
        }
      }
    }
    try stopped.run()
    let records = try StudyRecords(folder: whole.folder)
    #expect(try StudyRecords(folder: stopped.folder).untimed == records.untimed)
    let recovery = try #require(records.all.first { $0["kind"]?.text == "recover" })
    #expect(recovery["levels"]?.elements?.count == 2)
    for sparsity in [0.15, 0.3] {
      let name = "\(recovery["model"]?.text ?? "")-recovered-\(sparsity).tlcq"
      let (one, other) = (
        try InputFile(path: "\(whole.folder)/models/\(name)").digest(),
        try InputFile(path: "\(stopped.folder)/models/\(name)").digest()
      )
      #expect(one == other, "\(name)")
    }
  }
}
