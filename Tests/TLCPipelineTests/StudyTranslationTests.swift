import Foundation
import TLCCore
import TLCSystem
import TLCTestSupport
import TLCTraining
import Testing

@testable import TLCPipeline

@Suite struct StudyTranslationTests {
  private struct Stop: Error {}

  /// A study of words that are translated one by one, in the other order.
  private static func plan(_ scratch: Scratch) throws -> StudyPlan {
    let words = [("red", "rot"), ("tree", "Baum"), ("big", "gross"), ("house", "Haus")]
    var random = SplitMix64(seed: 1)
    func files(_ name: String, _ count: Int) throws -> ParallelTexts.Files {
      let lines = (0..<count).map { _ in
        let drawn = (0..<3).map { _ in words[Int.random(in: 0..<4, using: &random)] }
        return drawn.map { $0.0 }.joined(separator: " ") + "\t"
          + drawn.reversed().map { $0.1 }.joined(separator: " ")
      }
      return .table(
        try scratch.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: name))
    }
    var plan = StudyPlan()
    plan.pairs = StudyPlan.Pairs(
      training: try files("train.tsv", 64), validation: try files("val.tsv", 20),
      test: try files("test.tsv", 40))
    plan.vocabularyCount = 275
    plan.shapes = [.init(depth: 1, width: 16)]
    plan.seeds = [1]
    (plan.sequenceCount, plan.batchCount, plan.countsTokens, plan.rate) = (24, 96, true, 3e-3)
    (plan.labelSmoothing, plan.budgets) = (0.1, [0.1])
    (plan.measuredCount, plan.compressedMeasuredCount) = (32, 32)
    (plan.pointMeasuredCount, plan.pointCount, plan.bleuCount) = (32, 2, 8)
    plan.compression.steps = [0.5]
    plan.compression.sampleCount = 4
    plan.compression.sparsities = [0.3]
    return plan
  }

  @Test func `translations are learnt, measured and compressed, stopped or not`() throws {
    let scratch = try Scratch()
    let plan = try Self.plan(scratch)
    var whole = try Study.benchmarked(plan, "whole", in: scratch)
    var stopped = try Study.benchmarked(plan, "stopped", in: scratch)
    stopped.plan.stateInterval = 0
    whole.kinds = ["train", "cooldown"]
    try whole.run()
    for calls in [4, 5] {
      let steps = Countdown(calls)
      #expect(throws: Stop.self) {
        try stopped.run { _ in if steps.isOver() { throw Stop() } }
      }
    }
    try stopped.run()
    let records = try StudyRecords(folder: stopped.folder)
    for (job, text) in try StudyRecords(folder: whole.folder).untimed {
      #expect(records.untimed[job] == text)
    }
    let model = try #require(records["cooldown-d1-w16-s1-0.1s"])
    #expect(model["steps"]?.count == 10 && model["failed"] == nil)
    // An encoder's layer has 12 w² + 13 w weights, a decoder's 4 w² + 6 w more; both end in a norm.
    #expect(model["layer_parameters"]?.count == 28 * 16 * 16 + 16 * (13 + 19 + 4))
    #expect(model["validation"]?["labels"]?.count ?? 0 > 20)
    #expect(model["blocks"]?.elements?.count == 2, "of 32 texts")
    #expect((0...100).contains(model["test"]?["bleu"]?.double ?? -1))
    let exact = try #require(records["compress-d1-w16-s1-0.1s-exact"])
    #expect(exact["test"]?["bleu"]?.json == model["test"]?["bleu"]?.json)
    #expect(exact["test"]?["loss"]?.json == model["test"]?["loss"]?.json)
    #expect(exact["validation"]?["bleu"] == nil && model["validation"]?["bleu"] != nil)
    for way in ["trellis-0.5", "pruned-0.3"] {
      let file = try #require(records["compress-d1-w16-s1-0.1s-\(way)"])
      #expect(file["failed"] == nil && file["bytes"]?.count ?? 0 > 0)
      let errors = try #require(file["errors"]?.members)
      for (kind, error) in errors where kind.contains("embed_positions") {
        #expect((error.double == 0) == (way == "pruned-0.3"), "\(kind) is a table")
      }
    }
    let report = try StudyReport(folder: stopped.folder)
    #expect(report.page.html.contains("BLEU against seconds"))
    #expect(report.claims.contains { $0.name == "C5a" })
    #expect(!report.claims.contains { $0.name.hasPrefix("C1") || $0.name == "C5c" })
  }

  @Test func `claims of translations are of BLEU, and name pairs of equal weights`() throws {
    let scratch = try Scratch()
    var lines = [#"{"study":1,"plan":"translation"}"#]
    // The wide shape has as many weights as the deep one, and translates better by 2.
    for (depth, width, count, bleu) in [(1, 64, 1e5, 10.0), (1, 128, 4e5, 15), (4, 64, 4.1e5, 13)] {
      for seed in 1...3 {
        for budget in [50.0, 100] {
          let noise = 0.1 * Double(seed)
          let score = bleu * (budget == 50 ? (count == 1e5 ? 1 : 0.5) : 1) + noise * bleu / 10
          lines.append(
            "{\"job\":\"c\(lines.count)\",\"kind\":\"cooldown\",\"depth\":\(depth),"
              + "\"width\":\(width),\"seed\":\(seed),\"budget\":\(budget),\"seconds\":\(budget),"
              + "\"parameters\":\(count),\"layer_parameters\":\(count),\"tokens\":1,"
              + "\"validation\":{\"loss\":1,\"bleu\":\(score)},"
              + "\"test\":{\"loss\":1,\"bleu\":\(score)}}")
        }
      }
    }
    _ = try scratch.write(Array(lines.joined(separator: "\n").utf8) + [10], to: "results.jsonl")
    let claims = try StudyReport(folder: scratch.path("")).claims
    func mean(_ name: String) throws -> Double {
      try #require(claims.first { $0.name == name }).mean
    }
    #expect(abs(try mean("C5b") - 3 * 1.02) < 1e-9, "13 less 10, and their noise")
    #expect(abs(try mean("C5c") - 2 * 1.02) < 1e-9)
    #expect(abs(try mean("C5b'") - log(4) / log(2)) < 1e-9)
    #expect(claims.first { $0.name == "C5c" }?.verdict == .supported)
    #expect(claims.contains { $0.name == "C5a" } && !claims.contains { $0.name == "C1b" })
  }

  @Test func `the studies of benchmarks are understood, and have what claims are of`() throws {
    let folder = Fixtures.root.deletingLastPathComponent().appending(path: "Benchmarks/study")
    func plan(_ name: String) throws -> StudyPlan {
      let path = folder.appending(path: name).path
      return try StudyPlan(
        parsing: try String(contentsOfFile: path, encoding: .utf8), path: path,
        variables: ["CORPUS": "/texts", "PAIRS": "/pairs"])
    }
    #expect(try plan("encoder.yaml").batchCheck?.batches.contains(16) == true)
    let translation = try plan("translation.yaml")
    let (wide, deep) = (
      StudyPlan.Shape(depth: 1, width: 256), StudyPlan.Shape(depth: 4, width: 128)
    )
    let counts = try [wide, deep].map { shape in
      #expect(translation.shapes.contains(shape))
      return try EncoderModel(
        translation.encoderShape(shape), head: translation.head(shape)
      ).layerParameterCount
    }
    #expect(abs(log(Double(counts[0]) / Double(counts[1]))) < log(1.05))
  }

  @Test func `what a study of pairs gets wrong is named with its line`() throws {
    let good = """
      tlc-study: 1
      corpus:
        pairs:
          training: {source: a.en, target: a.de}
          validation: b.tsv
          test: "${DATA}/c.tsv"
      shapes: [{depth: 2, width: 64}]
      training: {budgets: [10], batch-tokens: 512}
      measure: {bleu-texts: 10}
      """
    let plan = try StudyPlan(parsing: good, path: "x/y.yaml", variables: ["DATA": "d"])
    #expect(plan.files == ["x/a.en", "x/a.de", "x/b.tsv", "d/c.tsv"])
    #expect(plan.countsTokens && plan.batchCount == 512 && plan.labelSmoothing == 0.1)
    #expect(plan.identity.hasPrefix("translation, BLEU of 10, ") && plan.bleuCount == 10)
    for (old, new, sentence) in [
      (
        "validation: b.tsv", "valid: b.tsv",
        "line 5: \"pairs\" has the key \"valid\", and knows training, validation, test"
      ),
      ("    validation: b.tsv\n", "", "line 4: \"pairs\" names no file as \"validation\""),
      (", target: a.de", "", "line 4: \"training\" names no file as \"target\""),
      (
        "measure:", "tasks: []\nmeasure:",
        "line 9: \"tasks\" needs texts: models of \"pairs\" are given no head of classes"
      ),
      (
        "  pairs:", "  held-out: 0.1\n  pairs:",
        "line 3: \"held-out\" needs texts: \"pairs\" say what is held out"
      ),
      ("  pairs:", "  texts: [a]\n  pairs:", "\"texts\" and \"pairs\" exclude each other"),
      ("batch-tokens:", "batch: 2, batch-tokens:", "\"batch\" exclude each other"),
    ] {
      let error = #expect(throws: StudyError.self) {
        try StudyPlan(
          parsing: good.replacing(old, with: new), path: "y.yaml", variables: ["DATA": "."])
      }
      #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
    let texts = "tlc-study: 1\ncorpus: {texts: [a]}\nshapes: [{depth: 1, width: 32}]\n"
    for (line, sentence) in [
      ("training: {budgets: [1], batch-tokens: 9}", "line 4: \"batch-tokens\" needs a corpus"),
      (
        "training: {budgets: [1]}\nmeasure: {bleu-texts: 9}",
        "line 5: \"bleu-texts\" needs a corpus of \"pairs\""
      ),
    ] {
      let error = #expect(throws: StudyError.self) {
        try StudyPlan(parsing: texts + line, path: "y.yaml")
      }
      #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
  }
}
