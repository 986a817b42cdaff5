import TLCCore
import TLCTestSupport
import Testing

@testable import TLCPipeline

@Suite struct StudyBatchTests {
  private struct Stop: Error {}

  private static let check = StudyPlan.BatchCheck(
    batches: [2, 8], shapes: [.init(depth: 1, width: 32)], budget: 0.2)

  @Test func `batches are trained for equal seconds, stopped or not, and shown`() throws {
    let scratch = try Scratch()
    let plan = try StudyPlan.tiny(in: scratch.path("")) { $0.batchCheck = Self.check }
    let names = plan.jobs.map { $0.name }
    #expect(names.prefix(2).sorted() == ["benchmark-d1-w32", "benchmark-d1-w32-b2"])
    var whole = try Study.benchmarked(plan, "whole", in: scratch)
    whole.kinds = ["batch-check"]
    try whole.run()
    var stopped = try Study.benchmarked(plan, "stopped", in: scratch)
    stopped.kinds = whole.kinds
    stopped.plan.stateInterval = 0
    for _ in 0..<2 {
      let steps = Countdown(12)
      #expect(throws: Stop.self) {
        try stopped.run { _ in if steps.isOver() { throw Stop() } }
      }
    }
    try stopped.run()
    let records = try StudyRecords(folder: whole.folder)
    #expect(try StudyRecords(folder: stopped.folder).untimed == records.untimed)
    let own = try #require(records["batch-d1-w32-s1-b8"])
    let small = try #require(records["batch-d1-w32-s1-b2"])
    #expect(own["rate"]?.double == 0.003 && small["rate"]?.double == 0.0015)
    #expect(own["steps"]?.count == 20 && own["tokens"]?.count == 20 * 8 * 32)
    #expect(small["points"]?.elements?.last?["tokens"]?.count == 20 * 2 * 32)
    let report = try StudyReport(folder: whole.folder)
    #expect(report.table.batches.runs.map { $0.batch } == [2, 8])
    #expect(report.page.html.contains("Loss against seconds, by batch"))
  }

  @Test func `a check of batches leaves a study the same`() throws {
    let scratch = try Scratch()
    var plan = try StudyPlan.tiny(in: scratch.path(""))
    let (identity, jobs) = (plan.identity, Set(plan.jobs.map { $0.name }))
    plan.batchCheck = Self.check
    #expect(plan.identity == identity && jobs.isSubset(of: plan.jobs.map { $0.name }))
  }

  @Test func `what the check gets wrong is named with its line`() throws {
    let text = """
      tlc-study: 1
      corpus: {texts: [a.txt]}
      shapes: [{depth: 2, width: 64}]
      training: {budgets: [10]}
      batch-check: {batches: [4, 64], shapes: [{depth: 2, width: 64}], budget: 5}
      """
    let plan = try StudyPlan(parsing: text, path: "study.yaml")
    #expect(plan.batchCheck?.batches == [4, 64] && plan.batchCheck?.budget == 5)
    #expect(abs(plan.rate(batch: 64) - 2 * plan.rate) < 1e-9)
    for (old, new, sentence) in [
      ("[4, 64]", "[0]", "line 5: an element of \"batches\" is no integer from 1 to 1048576"),
      ("[4, 64]", "[]", "line 5: \"batch-check\" has no \"batches\" or no \"shapes\""),
      ("budget: 5", "rates: 5", "line 5: \"batch-check\" has the key \"rates\", and knows"),
    ] {
      let error = #expect(throws: StudyError.self) {
        try StudyPlan(parsing: text.replacing(old, with: new), path: "study.yaml")
      }
      #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
  }
}
