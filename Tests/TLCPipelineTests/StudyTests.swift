import Foundation
import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCPipeline

@Suite struct StudyTests {
  private struct Stop: Error {}

  @Test func `a study that is stopped anywhere goes on to the same results`() throws {
    let scratch = try Scratch()
    let plan = try StudyPlan.tiny(in: scratch.path(""))
    let whole = try Study.benchmarked(plan, "whole", in: scratch)
    try whole.run()
    let records = try StudyRecords(folder: whole.folder)
    #expect(records.all.count == plan.jobs.count)
    let study = try Study.benchmarked(plan, "stopped", in: scratch)
    var (stops, isDone) = (0, false)
    while !isDone, stops < 40 {
      let calls = Countdown(5 + stops * 13)
      do {
        try study.run { _ in if calls.isOver() { throw Stop() } }
        isDone = true
      } catch is Stop {
        stops += 1
      }
    }
    #expect(isDone && stops > 2, "\(stops)")
    #expect(try StudyRecords(folder: study.folder).untimed == records.untimed)
    #expect(try study.run().doneCount == 0)
  }

  @Test func `a model that is gone is trained again, with all that was made of it`() throws {
    let scratch = try Scratch()
    var plan = try StudyPlan.tiny(in: scratch.path(""))
    var study = try Study.benchmarked(plan, "study", in: scratch)
    try study.run()
    try FileManager.default.removeItem(atPath: study.folder + "/models")
    #expect(try study.run() == (0, [], 0))
    plan.compression.bits = [4, 8]
    study.plan = plan
    for job in plan.jobs where job.kind == "finetune" {
      try Data("of the model that is gone".utf8).write(
        to: URL(fileURLWithPath: "\(study.folder)/states/\(job.name).tlcq"))
    }
    let again = try study.run()
    let whole = try Study.benchmarked(plan, "whole", in: scratch)
    #expect(try whole.run() == (again.doneCount, [], 0))
    #expect(again.lostCount == 1 + plan.jobs.count { $0.kind != "benchmark" } - 4)
    let records = try StudyRecords(folder: study.folder)
    #expect(records.all.count == plan.jobs.count)
    #expect(try records.untimed == StudyRecords(folder: whole.folder).untimed)
    #expect(try StudyResults(path: study.folder + "/results.jsonl", heading: [])["nothing"] == nil)
  }

  @Test func `a budget that is added trains again, and leaves what is done`() throws {
    let scratch = try Scratch()
    var plan = try StudyPlan.tiny(in: scratch.path(""))
    let longest = try #require(plan.budgets.last)
    var study = try Study.benchmarked(plan, "study", in: scratch)
    try study.run()
    let before = try StudyRecords(folder: study.folder)
    plan.budgets.insert((plan.budgets[0] + longest) / 2, at: plan.budgets.count - 1)
    study.plan = plan
    let trainings = plan.jobs.filter { $0.kind == "train" }.map { $0.name }
    #expect(study.lostJobs(of: before) == trainings)
    let new = plan.jobs.filter { before[$0.name] == nil }
    let again = try study.run()
    #expect(again == (trainings.count + new.count, [], trainings.count))
    let after = try StudyRecords(folder: study.folder)
    for record in before.all where record["kind"]?.text != "train" {
      let job = try #require(record["job"]?.text)
      #expect(after[job]?.json == record.json)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: study.folder + "/states") == [])
    #expect(try study.run() == (0, [], 0))
  }

  @Test func `another study is refused in the folder`() throws {
    let scratch = try Scratch()
    var plan = try StudyPlan.tiny(in: scratch.path(""))
    var study = Study(plan, folder: scratch.path("study"))
    study.kinds = ["benchmark"]
    try study.run()
    plan.rate = 0.1
    study.plan = plan
    let error = #expect(throws: StudyError.self) { try study.run() }
    #expect(error?.description.contains("is of another study: \"plan\" is") == true)
  }

  @Test func `a plan that its texts do not allow leaves the folder to one that is mended`() throws {
    let scratch = try Scratch()
    var plan = try StudyPlan.tiny(in: scratch.path(""))
    let count = plan.vocabularyCount
    plan.vocabularyCount = 60_000
    var study = Study(plan, folder: scratch.path("study"))
    study.kinds = ["benchmark"]
    #expect(throws: (any Error).self) { try study.run() }
    plan.vocabularyCount = count
    study.plan = plan
    let left = scratch.path("study/models/d1-w32-s1.tlcq.1-1.partial")
    try Data("left".utf8).write(to: URL(fileURLWithPath: left))
    #expect(try study.run().doneCount > 0)
    #expect(!FileManager.default.fileExists(atPath: left))
  }

  @Test func `a seed's jobs, with benchmarks, need no other seed's`() throws {
    let scratch = try Scratch()
    var plan = try StudyPlan.tiny(in: scratch.path(""))
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
    var plan = try StudyPlan.tiny(in: scratch.path(""))
    (plan.rate, plan.decay) = (1e30, 1)
    plan.budgets = [3]
    plan.compression = .init()
    plan.tasks = []
    let study = try Study.benchmarked(plan, "study", in: scratch)
    let (doneCount, failures, _) = try study.run()
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
    #expect(plan.texts == ["data/a.txt"])
    #expect(plan.shapes.map { $0.name } == ["d2-w64", "d3-w64", "d2-w96"])
    #expect(plan.budgets == [10, 30] && plan.jobs.count == 3 + 3 * 3 * 5)
    // Folders that were begun hold their studies to this.
    #expect(
      plan.identity
        == "vocabulary 4096, sequence 128, batch 16, rate 0.001, dropout 0.1, decay 0.01,"
        + " warmup 50, cooldown 0.2, held out 0.05, first budget 10.0, measured 512 and 256,"
        + " 16 points of 128, calibration 64")
    let scaled = try StudyPlan(
      parsing: good.replacing("{budgets", with: "{rate-width: 32, budgets"), path: "study.yaml",
      variables: ["DATA": "."])
    #expect(
      scaled.identity
        == plan.identity.replacing("rate 0.001", with: "rate 0.001 at width 32, with its root"))
    #expect(
      scaled.shapes.map { scaled.rate(scaled.rate, for: $0) } == [
        1e-3 * Float(0.5).squareRoot(), 1e-3 * Float(0.5).squareRoot(),
        1e-3 * (Float(32) / 96).squareRoot(),
      ])
    #expect(plan.rate(plan.rate, for: plan.shapes[0]) == plan.rate)
    let twice = try StudyPlan(
      parsing: good + "\nrate-check: {rates: [0.1, 0.1], shapes: [{depth: 2, width: [8, 8]}]}",
      path: "study.yaml", variables: ["DATA": "."])
    #expect(Set(twice.jobs.map { $0.name }).count == twice.jobs.count)
    for (old, new, sentence) in [
      ("tlc-study: 1", "tlc-study: 2", "line 1: \"tlc-study\" is not 1, the version that is known"),
      ("[30, 10]", "[]", "line 6: \"training\" has no \"budgets\""),
      ("[30, 10]", "[-1]", "an element of \"budgets\" is no number from 0.001 to 1000000.0"),
      ("width: 64}", "size: 64}", "line 4: a shape has the key \"size\", and knows depth, width"),
      ("${DATA}", "${NONE}", "line 2: nothing stands for ${NONE}; --set NONE=… says what does"),
      ("budgets:", "budgets: [", "is not YAML: did not find expected"),
      ("corpus:", "corpus: {}\ncorpus:", "is not YAML: the key \"corpus\" is there twice"),
      ("tlc-study: 1", "tlc-study: 1\ncompression: {bits: [1]}", "is no integer from 2 to 16"),
      (
        "[2, 3]", "\(Array(1...1025))",
        "line 4: a shape has 1025 depths and 1 widths, above 1024"
      ),
    ] {
      let error = #expect(throws: StudyError.self) {
        try StudyPlan(
          parsing: good.replacing(old, with: new), path: "study.yaml", variables: ["DATA": "."])
      }
      #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
  }
}
