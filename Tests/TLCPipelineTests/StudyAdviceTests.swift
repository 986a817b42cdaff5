import Foundation
import TLCTestSupport
import Testing

@testable import TLCPipeline

@Suite struct StudyAdviceTests {
  /// What k bits cost if it is 100 · 2^−k / ln N, for 10⁷ tokens, and grows with the root of them.
  private static func cost(bits: Double, parameters: Double, tokens: Double) -> Double {
    bits == 32 ? 0 : 100 * pow(2, -bits) / log(parameters) * (tokens / 1e7).squareRoot()
  }

  /// Results as a study would have them if losses were 2 + 40 N^−0.3 + 90 D^−0.4.
  private static func write(
    _ scratch: Scratch, seeds: ClosedRange<Int> = 1...3, budgets: [Double] = [50, 100, 400]
  ) throws -> String {
    var lines = [#"{"study":1,"plan":"made up"}"#]
    for (depth, parameters) in [(2, 1e5), (4, 4e5), (8, 2e6)] {
      let step = parameters * 1e-7
      let shape = "\"depth\":\(depth),\"width\":64"
      lines.append(
        "{\"job\":\"benchmark-d\(depth)-w64\",\"kind\":\"benchmark\",\(shape),\"median_seconds\":\(step),"
          + "\"step_tokens\":1000,\"parameters\":\(parameters)}")
      for seed in seeds {
        for budget in budgets {
          let tokens = budget / step * 1000
          let loss =
            2 + 40 * pow(parameters, -0.3) + 90 * pow(tokens, -0.4) + 0.0001 * Double(seed)
          let model = "\(shape),\"seed\":\(seed),\"budget\":\(budget)"
          func measured(_ loss: Double) -> String {
            "\"validation\":{\"loss\":\(loss)},\"test\":{\"loss\":\(loss)}"
          }
          lines.append(
            "{\"job\":\"c\(lines.count)\",\"kind\":\"cooldown\",\(model),\"parameters\":\(parameters),"
              + "\"tokens\":\(tokens),\(measured(loss))}")
          for bits in [32.0, 8, 4] {
            let cost =
              (1 + 0.01 * Double(seed))
              * Self.cost(bits: bits, parameters: parameters, tokens: tokens)
            let way = bits == 32 ? "exact" : "min-max-\(Int(bits))"
            lines.append(
              "{\"job\":\"z\(lines.count)\",\"kind\":\"compress\",\(model),\"way\":\"\(way)\","
                + "\"bits\":\(bits == 32 ? "null" : "\(Int(bits))"),\"sparsity\":0,\"pruning\":\"none\","
                + "\"bytes\":\(Int(parameters * bits / 8)),\"errors\":{},\(measured(loss + cost))}")
          }
        }
      }
    }
    _ = try scratch.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "results.jsonl")
    return scratch.path("")
  }

  @Test func `the fit finds the law that losses follow, and the best model of a size`() throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch)
    let advice = try StudyAdvice(folder: folder, seconds: 800, byteCount: 1 << 21)
    let best = try #require(advice.choices.first)
    #expect(advice.deviation < 0.001 && advice.formula.hasPrefix("2"), "\(advice.formula)")
    #expect(best.byteCount <= 1 << 21 && best.support == 1)
    #expect(best.interval?.contains(best.loss) == true)
    let all = [(2, 1e5), (4, 4e5), (8, 2e6)].map { depth, parameters in
      let bits = [32.0, 8, 4].first { parameters * $0 / 8 <= Double(1 << 21) } ?? 4
      let tokens = 800 / (parameters * 1e-7) * 1000
      let cost = Self.cost(bits: bits, parameters: parameters, tokens: tokens) * 1.02
      return (depth, 2 + 40 * pow(parameters, -0.3) + 90 * pow(tokens, -0.4) + cost)
    }
    let expected = try #require(all.min { $0.1 < $1.1 })
    #expect(best.shape.depth == expected.0 && abs(best.loss - expected.1) < 0.01)
    #expect(abs((advice.growth ?? 0) - 0.5) < 1e-6)
    #expect(advice.warnings.contains { $0.contains("are extrapolated") })
    let inside = try StudyAdvice(folder: folder, seconds: 200, byteCount: 1 << 21)
    #expect(!inside.warnings.contains { $0.contains("are extrapolated") })
  }

  @Test func `one seed and one budget are told, and nothing is made of them`() throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch, seeds: 2...2)
    let one = try StudyAdvice(folder: folder, seconds: 200, byteCount: 1 << 21)
    #expect(one.choices.allSatisfy { $0.interval == nil && $0.support == nil })
    #expect(one.warnings.contains("one seed does not say how sure this is"))
    #expect(one.growth.map { abs($0 - 0.5) < 1e-6 } == true)
    let short = try StudyAdvice(
      folder: try Self.write(scratch, seeds: 1...2, budgets: [400]), seconds: 400,
      byteCount: 1 << 21)
    #expect(short.growth == nil)
    #expect(short.warnings.contains { $0.contains("not measured at two budgets") })
    #expect(short.warnings.contains("two seeds are too few to say how sure this is"))
  }

  @Test func `a cooldown is as long as the study says`() throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch)
    func share() throws -> Double {
      let best = try #require(
        StudyAdvice(folder: folder, seconds: 800, byteCount: 1 << 21).choices.first)
      return Double(best.stepCount - best.cooldownStep) / Double(best.stepCount)
    }
    #expect(abs(try share() - 0.2) < 0.001)
    let text = try String(contentsOfFile: scratch.path("results.jsonl"), encoding: .utf8)
    let said = text.replacing("made up", with: "warmup 50, cooldown 0.4, held out 0.05")
    _ = try scratch.write(Array(said.utf8), to: "results.jsonl")
    #expect(abs(try share() - 0.4) < 0.001)
  }

  @Test func `a benchmark of a machine that was not quiet is named`() throws {
    let scratch = try Scratch()
    let lines = [("a", 0.01, 0.0099), ("b", 0.01, 0.002)].map {
      "{\"job\":\"benchmark-\($0.0)\",\"kind\":\"benchmark\",\"median_seconds\":\($0.1),"
        + "\"p10_seconds\":\($0.2)}\n"
    }
    _ = try scratch.write(
      Array((#"{"study":1}"# + "\n" + lines.joined()).utf8), to: "results.jsonl")
    let records = try StudyRecords(folder: scratch.path(""))
    #expect(records.unquietBenchmarks == ["benchmark-b"])
  }

  @Test(arguments: [
    (#""bytes":\d+"#, #""bytes":"x""#, "\"bytes\" is no integer from 1 to 2^53"),
    (#""bytes":\d+"#, #""bytes":9223372036854775807"#, "\"bytes\" is no integer"),
    (#""bytes":\d+"#, #""bytes":-5"#, "\"bytes\" is no integer"),
    (#""bytes":\d+,"#, "", "\"bytes\" is missing"),
    (#""parameters":[0-9.]+"#, #""parameters":1e308"#, "\"parameters\" is no integer"),
    (#""parameters":[0-9.]+"#, #""parameters":null"#, "\"parameters\" is no integer"),
    (#""median_seconds":[0-9.]+"#, #""median_seconds":0"#, "\"median_seconds\" is no number from"),
    (#""tokens":[0-9.]+"#, #""tokens":1e400"#, "\"tokens\" is no number from"),
    (#""sparsity":0"#, #""sparsity":2"#, "\"sparsity\" is no number from 0 to 1"),
    (#""kind":"cooldown""#, #""kind":"warm-up""#, "\"kind\" is none of"),
    (#"\{"loss":[0-9.]+\}"#, "{}", "\"loss\" is missing"),
    (#""job":"c\d+","#, "", "\"job\" is missing"),
    (#""bytes":\d+"#, #""dropped":[],"bytes":1e300"#, "\"bytes\" is no integer"),
    (#""bytes":\d+"#, #""blocks":[[0.5,2]],"bytes":9"#, "\"blocks\" is no list of a loss and"),
    (#""bytes":\d+"#, #""blocks":[["x",2,16]],"bytes":9"#, "\"blocks\" is no list of a loss and"),
    (#"\{"job":"z3","#, "{\"dropped\":[0]}\n{\"job\":\"z3\",", "\"dropped\" has an element"),
  ])
  func `results that are nothing of the kind are refused with their line`(
    _ pattern: String, _ replacement: String, _ sentence: String
  ) throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch)
    let text = try String(contentsOfFile: scratch.path("results.jsonl"), encoding: .utf8)
    let broken = text.replacing(try Regex(pattern), with: replacement)
    #expect(broken != text)
    _ = try scratch.write(Array(broken.utf8), to: "results.jsonl")
    let error = try #require(throws: StudyError.self) {
      _ = try StudyAdvice(folder: folder, seconds: 800, byteCount: 1 << 21)
    }
    #expect(error.description.contains("results.jsonl, line "), "\(error)")
    #expect(error.description.contains(sentence), "\(error)")
  }

  @Test func `what no model of the study is as small as is refused`() throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch)
    let error = #expect(throws: StudyError.self) {
      try StudyAdvice(folder: folder, seconds: 100, byteCount: 10_000)
    }
    #expect(error?.description.contains("the smallest has 50000") == true)
  }

  @Test func `a claim that holds in every seed is supported, and the page says so`() throws {
    let scratch = try Scratch()
    let report = try StudyReport(folder: try Self.write(scratch))
    let claims = report.claims
    let rounding = try #require(claims.first { $0.name == "C2 4" })
    #expect(rounding.mean < 0 && rounding.verdict == .supported)
    // Losses along the way were not measured.
    #expect(claims.first { $0.name == "C1a" }?.verdict == .undecided)
    #expect(report.page.html.contains("Larger models lose less in 4 bits"))
  }

  @Test func `Student's quantiles are those of tables`() {
    for (freedom, quantile) in [(1, 12.706), (2, 4.303), (4, 2.776), (30, 2.042)] {
      #expect(abs(SeedStatistic.quantile(freedom: freedom) - quantile) < 0.001)
    }
    #expect(abs(SeedStatistic.slope([(1, 2), (2, 4), (4, 8)]) - 2) < 1e-12)
  }
}
