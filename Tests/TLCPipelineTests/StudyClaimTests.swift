import Foundation
import TLCCore
import TLCTestSupport
import Testing

@testable import TLCPipeline

/// What is read off results, against `fixtures/studies/study.py`, which shares no code with this
/// package.
@Suite struct StudyClaimTests {
  private struct Expected: Decodable {
    var values: [Double]
    var interval: [Double]
    var probability: Double
    var verdict: String
    var headline: Bool
    var textInterval: [Double]?
  }

  private struct File: Decodable {
    var claims: [String: Expected]
  }

  private static func expected() throws -> [String: Expected] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      File.self, from: Data(try Fixtures.bytes("studies/expected.json"))
    ).claims
  }

  @Test(arguments: [0.8683470581523689, 0.1, -1.5]) func `equal numbers decide nothing`(
    _ value: Double
  ) {
    for count in 2...9 {
      let statistic = SeedStatistic([Double](repeating: value, count: count))
      #expect(statistic.interval == nil && statistic.probability == 1)
    }
  }

  @Test func `numbers without a mean have no interval`() {
    let statistic = SeedStatistic([1.7e308, 1.6e308])
    #expect(statistic.interval == nil && statistic.probability == 1)
  }

  @Test func `losses that are none have no interval of texts`() throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch)
    let text = try String(contentsOfFile: scratch.path("results.jsonl"), encoding: .utf8)
    let broken = text.replacing(/"blocks":\[\[[-0-9.e]+,/, with: "\"blocks\":[[null,")
    #expect(broken != text)
    _ = try scratch.write(Array(broken.utf8), to: "results.jsonl")
    let claims = StudyTable(try StudyRecords(folder: folder)).claims()
    #expect(!claims.isEmpty && claims.allSatisfy { $0.textInterval == nil })
  }

  /// The results of a study as a folder, of which lines may be left out.
  static func write(
    _ scratch: Scratch, where isKept: (String) -> Bool = { _ in true }
  ) throws -> String {
    let text = String(decoding: try Fixtures.bytes("studies/results.jsonl"), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init).filter(isKept)
    _ = try scratch.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "results.jsonl")
    return scratch.path("")
  }

  private static func isNear(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= 1e-9 * max(1, abs(b))
  }

  @Test func `numbers, intervals and verdicts are those of an independent computation`() throws {
    let expected = try Self.expected()
    let scratch = try Scratch()
    let claims = try StudyReport(folder: try Self.write(scratch)).claims
    #expect(Set(claims.map { $0.name }) == Set(expected.keys))
    for claim in claims {
      let right = try #require(expected[claim.name])
      #expect(claim.isHeadline == right.headline, "\(claim.name)")
      #expect(claim.verdict.rawValue == right.verdict, "\(claim.name)")
      #expect(claim.values.map { $0.seed } == [1, 2, 3])
      for (value, other) in zip(claim.values, right.values) {
        #expect(Self.isNear(value.value, other), "\(claim.name): \(value), not \(other)")
      }
      let interval = try #require(claim.interval)
      #expect(abs(interval.lowerBound - right.interval[0]) < 1e-6, "\(claim.name): \(interval)")
      #expect(abs(interval.upperBound - right.interval[1]) < 1e-6, "\(claim.name): \(interval)")
      #expect(abs(claim.probability - right.probability) < 1e-6, "\(claim.name)")
      #expect((claim.textInterval == nil) == (right.textInterval == nil), "\(claim.name)")
      if let interval = claim.textInterval, let ends = right.textInterval {
        #expect(Self.isNear(interval.lowerBound, ends[0]), "\(claim.name): \(interval), \(ends)")
        #expect(Self.isNear(interval.upperBound, ends[1]), "\(claim.name): \(interval), \(ends)")
      }
    }
    let verdicts = Set(claims.map { $0.verdict })
    #expect(verdicts == [.supported, .notSupported, .undecided])
  }

  @Test func `one seed has an interval of texts, and decides nothing`() throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch) {
      !$0.contains("\"seed\":2") && !$0.contains("\"seed\":3")
    }
    let report = try StudyReport(folder: folder)
    let expected = try Self.expected()
    for claim in report.claims {
      #expect(claim.verdict == .oneSeed && claim.interval == nil, "\(claim.name)")
      let first = try #require(expected[claim.name]?.values.first)
      #expect(Self.isNear(claim.mean, first), "\(claim.name)")
      if let interval = claim.textInterval { #expect(interval.contains(claim.mean)) }
    }
    #expect(report.claims.count { $0.textInterval != nil } == 12)
    #expect(report.page.html.contains("undecided: one seed"))
  }

  @Test func `a seed that lacks a shape does not count`() throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch) {
      !($0.contains("\"seed\":3") && $0.contains("\"depth\":8"))
    }
    for claim in try StudyReport(folder: folder).claims {
      #expect(claim.values.map { $0.seed } == [1, 2], "\(claim.name)")
    }
  }

  @Test func `what was never measured leaves headlines undecided`() throws {
    let scratch = try Scratch()
    let folder = try Self.write(scratch) { !$0.contains("\"kind\":\"compress\"") }
    let claims = try StudyReport(folder: folder).claims
    let headlines = claims.filter { $0.isHeadline }.map { $0.name }
    #expect(
      headlines == ["C1a", "C1b", "C1b'", "C2 4", "C2' 0.6", "C3", "C4b", "C6", "C7"])
    for claim in claims where !claim.name.hasPrefix("C1") && claim.name != "C4a" {
      #expect(claim.values.isEmpty && claim.verdict == .undecided, "\(claim.name)")
    }
  }

  @Test func `Holm stops at the first that fails, and corrects over headlines alone`() {
    func claim(_ name: String, _ probability: Double, isHeadline: Bool = true) -> StudyClaim {
      StudyClaim(
        name: name, statement: "", statistic: "", isHeadline: isHeadline, values: [], mean: 1,
        interval: 0.5...1.5, textInterval: nil, probability: probability, verdict: .supported)
    }
    // 0.05 / 9 = 0.00556, 0.05 / 8 = 0.00625, 0.05 / 7 = 0.00714.
    let claims = StudyClaim.holm([
      claim("a", 0.0072), claim("b", 0.006), claim("c", 0.005), claim("d", 0.00725),
      claim("e", 0.04, isHeadline: false),
    ])
    #expect(claims.filter { $0.verdict == .supported }.map { $0.name } == ["b", "c", "e"])
  }

  @Test func `shapes make a pair where their layers have as many weights`() throws {
    let scratch = try Scratch()
    let table = StudyTable(try StudyRecords(folder: try Self.write(scratch)))
    #expect(
      table.pairs == [
        StudyPair(deeper: .init(depth: 8, width: 128), wider: .init(depth: 2, width: 256))
      ])
  }

  @Test func `blocks that differ between models have no interval`() {
    func score(_ labels: [Double]) -> StudyTable.Score {
      .init(loss: 1, accuracy: 0, blocks: labels.map { .init(loss: $0, labelCount: $0) })
    }
    var contrast = StudyContrast()
    contrast.add(1, score([3, 4]))
    contrast.add(-1, score([3, 5]))
    #expect(StudyBootstrap.interval([contrast]) == nil)
    #expect(StudyBootstrap.interval([]) == nil)
    var same = StudyContrast()
    same.add(1, score([3, 4]))
    #expect(StudyBootstrap.interval([same]) == 1...1)
  }
}
