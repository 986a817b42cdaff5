import Foundation
import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCPipeline

@Suite struct StudyTests {
  /// A study of one shape, small enough for a test.
  private static func plan(_ folder: String) throws -> StudyPlan {
    var plan = try StudyPlan.quick(in: folder)
    plan.shapes = [.init(depth: 1, width: 32)]
    plan.compression.bits = [4]
    plan.compression.bothSparsities = []
    plan.tasks[0].isRecovered = false
    return plan
  }

  private struct Stop: Error {}

  /// What results say, but for the times that they took.
  private static func untimed(_ records: StudyRecords) -> [String: String] {
    var texts: [String: String] = [:]
    for record in records.all {
      let members = (record.members ?? []).filter { $0.key != "elapsed" }
      texts[record["job"]?.text ?? ""] = StrictJSON.object(members).json
    }
    return texts
  }

  /// A folder with a benchmark that says how long a step takes, so that budgets are the same steps
  /// wherever the test runs, and behind it what a process that was killed left.
  private static func benchmarked(
    _ plan: StudyPlan, _ folder: String, in scratch: Scratch
  ) throws -> Study {
    var study = Study(plan, folder: scratch.path(folder))
    study.parallelism = .serial
    study.kinds = []
    try study.run()
    let path = "\(study.folder)/results.jsonl"
    let heading = try String(contentsOfFile: path, encoding: .utf8)
    let benchmark = #"{"job":"benchmark-d1-w32","kind":"benchmark","median_seconds":0.01}"#
    try Data((heading + benchmark + "\n{\"job\":\"cut o").utf8)
      .write(to: URL(fileURLWithPath: path))
    study.kinds = nil
    return study
  }

  @Test func `a study that is stopped anywhere goes on to the same results`() throws {
    let scratch = try Scratch()
    let plan = try Self.plan(scratch.path(""))
    let whole = try Self.benchmarked(plan, "whole", in: scratch)
    try whole.run()
    let records = try StudyRecords(folder: whole.folder)
    #expect(records.all.count == plan.jobs.count)
    let study = try Self.benchmarked(plan, "stopped", in: scratch)
    var (stops, isDone) = (0, false)
    while !isDone, stops < 40 {
      let calls = Counter(5 + stops * 13)
      do {
        try study.run { _ in if calls.isOver() { throw Stop() } }
        isDone = true
      } catch is Stop {
        stops += 1
      }
    }
    #expect(isDone && stops > 2, "\(stops)")
    #expect(Self.untimed(try StudyRecords(folder: study.folder)) == Self.untimed(records))
    #expect(try study.run().doneCount == 0)
  }

  @Test func `another study is refused in the folder`() throws {
    let scratch = try Scratch()
    var plan = try Self.plan(scratch.path(""))
    var study = Study(plan, folder: scratch.path("study"))
    study.kinds = ["benchmark"]
    try study.run()
    plan.rate = 0.1
    study.plan = plan
    let error = #expect(throws: StudyError.self) { try study.run() }
    #expect(error?.description.contains("is of another study: \"plan\" is") == true)
  }

  @Test func `a seed's jobs, with benchmarks, need no other seed's`() throws {
    let scratch = try Scratch()
    var plan = try Self.plan(scratch.path(""))
    plan.seeds = [1, 2]
    plan.rateCheck = .init(rates: [0.001], shapes: plan.shapes, budget: 1)
    var study = Study(plan, folder: scratch.path("study"))
    func names() -> Set<String> { Set(study.jobs.map { $0.name }) }
    let all = names()
    study.seeds = [2]
    let second = names()
    #expect(second.contains("benchmark-d1-w32") && second.contains("train-d1-w32-s2"))
    #expect(study.jobs.allSatisfy { $0.seed == 2 || $0.kind == "benchmark" })
    #expect(study.jobs.allSatisfy { second.isSuperset(of: $0.needs) })
    study.seeds = [1]
    let first = names()
    #expect(first.contains { $0.hasPrefix("rate-") } && first.intersection(second).count == 1)
    #expect(first.union(second) == all)
    study.kinds = ["train"]
    #expect(study.jobs.map { $0.name } == ["train-d1-w32-s1"])
  }

  @Test func `training that diverges is a result, and what needs it is not done`() throws {
    let scratch = try Scratch()
    var plan = try Self.plan(scratch.path(""))
    (plan.rate, plan.decay) = (1e30, 1)
    plan.budgets = [3]
    plan.compression = .init()
    plan.tasks = []
    let study = try Self.benchmarked(plan, "study", in: scratch)
    let (doneCount, failures) = try study.run()
    #expect(doneCount == 1)
    let record = try StudyRecords(folder: study.folder)["train-d1-w32-s1"]
    #expect(record?["failed"]?.text?.contains("is no finite number") == true)
    #expect(failures == ["train-d1-w32-s1", "cooldown-d1-w32-s1-3s"])
  }

  @Test func `what a study's file gets wrong is named with its line`() throws {
    let good = """
      tlc-study: 1
      corpus: {texts: ["${DATA}/a.txt"]}
      shapes:
        - {depth: [2, 3], width: 64}
        - {depth: 2, width: [64, 96]}
      training: {budgets: [30, 10]}
      """
    let plan = try StudyPlan(
      parsing: good, path: "folder/study.yaml", variables: ["DATA": "data"])
    #expect(plan.texts == ["folder/data/a.txt"])
    #expect(plan.shapes.map { $0.name } == ["d2-w64", "d3-w64", "d2-w96"])
    #expect(plan.budgets == [10, 30] && plan.jobs.count == 3 + 3 * 3 * 5)
    for (old, new, sentence) in [
      ("tlc-study: 1", "tlc-study: 2", "line 1: \"tlc-study: 1\" is missing"),
      ("[30, 10]", "[]", "line 6: \"training\" has no \"budgets\""),
      ("[30, 10]", "[-1]", "an element of \"budgets\" is no number from 0.001 to 1000000.0"),
      ("width: 64}", "size: 64}", "line 4: a shape has the key \"size\", and knows depth, width"),
      ("${DATA}", "${NONE}", "line 2: nothing stands for ${NONE}; --set NONE=… says what does"),
      ("budgets:", "budgets: [", "is not YAML"),
    ] {
      let error = #expect(throws: StudyError.self) {
        try StudyPlan(
          parsing: good.replacing(old, with: new), path: "study.yaml", variables: ["DATA": "."])
      }
      #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
  }
}

/// Counts down.
private final class Counter: @unchecked Sendable {
  private var left: Int

  init(_ left: Int) { self.left = left }

  func isOver() -> Bool {
    left -= 1
    return left < 0
  }
}
