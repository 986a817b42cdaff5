import Foundation
import TLCReport
import TLCTestSupport
import Testing

@testable import TLCPipeline

/// The page of a study, against `fixtures/studies/study.py`.
@Suite struct StudyReportTests {
  private struct File: Decodable {
    var charts: [String: [String: [[Double]]]]
  }

  private static func page(_ scratch: Scratch) throws -> ReportPage {
    try StudyReport(folder: try StudyClaimTests.write(scratch)).page
  }

  private static func isNear(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= 1e-6 * max(0.01, abs(b))
  }

  @Test func `charts show what an independent computation finds`() throws {
    let scratch = try Scratch()
    let charts = try Self.page(scratch).figures.compactMap { $0 as? XYChart }
    let expected = try JSONDecoder().decode(
      File.self, from: Data(try Fixtures.bytes("studies/expected.json"))
    ).charts
    #expect(expected.count == 12)
    for (title, lines) in expected {
      let chart = try #require(charts.first { $0.title == title }, "\(title)")
      for (name, rows) in lines {
        let series = try #require(chart.series.first { $0.name == name }, "\(title): \(name)")
        if series.style == .line { #expect(series.points.count == rows.count, "\(title)") }
        for row in rows {
          let point = try #require(
            series.points.first { Self.isNear($0.x, row[0]) }, "\(title), \(name), \(row)")
          #expect(Self.isNear(point.y, row[1]), "\(title), \(name): \(point)")
          guard row.count == 4 else { continue }
          let band = try #require(series.band.first { Self.isNear($0.x, row[0]) }, "\(title)")
          #expect(Self.isNear(band.low, row[2]), "\(title), \(name): \(band)")
          #expect(Self.isNear(band.high, row[3]), "\(title), \(name): \(band)")
          #expect(series.runs.count == 3)
        }
      }
    }
  }

  @Test func `every chart is there, with a name that lasts`() throws {
    let scratch = try Scratch()
    let page = try Self.page(scratch)
    func panels(_ title: String, _ suffixes: [String] = ["depth", "width", "other"]) -> [String] {
      suffixes.map { "\(title)-\($0 == "other" ? "other-shapes" : "by-\($0)").svg" }
    }
    let costs = [
      "what-rounding-costs.svg", "what-4-bits-cost.svg", "what-pruning-at-once-costs.svg",
      "what-pruning-60-at-once-costs.svg",
    ]
    #expect(
      page.figureFiles.map { $0.name } == panels("loss-against-seconds")
        + panels("loss-against-steps") + panels("loss-against-flops")
        + ["loss-against-size-at-equal-seconds.svg", "loss-against-size-at-equal-flops.svg"]
        + costs + panels("loss-against-bytes-of-the-file")
        + panels("loss-against-the-paper-s-bytes")
        + panels("loss-against-numbers-that-are-not-0") + panels("what-4-bits-cost-against-tokens")
        + panels("error-of-4-bits", ["depth", "width"])
        + panels("error-of-pruning-60", ["depth", "width"])
        + panels("accuracy-of-topics-against-bytes-of-the-file")
        + panels("accuracy-of-topics-against-the-paper-s-bytes")
        + panels("accuracy-of-topics-against-numbers-that-are-not-0")
        + panels("accuracy-of-topics-pruned-step-by-step")
        + panels("epochs-for-topics-pruned-step-by-step"))
  }

  @Test func `points say how a file was compressed`() throws {
    let scratch = try Scratch()
    let html = try Self.page(scratch).html
    for note in [
      "8 layers: 60% pruned at once, 4 bits:", "width 64: 30% pruned step by step, 4 bits:",
      "d2-w256: as it is:", "width 256: 30% pruned at once:",
    ] {
      #expect(html.contains("<title>\(note)"), "\(note)")
    }
    let trellis = StudyFigures.label(
      .init(
        shape: .init(depth: 1, width: 1), seed: 1, budget: 1, way: "pruned-0.3-trellis-0.5",
        pruning: "one-shot", sparsity: 0.3, bytes: 1, tensorBytes: 1, nonzero: 1,
        validation: .init(loss: 0, accuracy: 0), test: .init(loss: 0, accuracy: 0), error: 0,
        errors: [:]))
    #expect(trellis == "30% pruned at once, trellis at step 0.5")
  }

  /// A table of the page, by its caption.
  private static func rows(_ page: ReportPage, _ caption: String) -> [[ReportTable.Cell]]? {
    for case .table(let table) in page.sections.flatMap({ $0.blocks })
    where table.caption?.hasPrefix(caption) == true {
      return table.rows
    }
    return nil
  }

  @Test func `tables name the best rate of each shape, and compare pairs`() throws {
    let scratch = try Scratch()
    let folder = try StudyClaimTests.write(scratch)
    let report = try StudyReport(folder: folder)
    let rates = try #require(Self.rows(report.page, "Loss on held-out text after a short"))
    #expect(rates.map { $0[0] } == [.text("d2-w128"), .text("d4-w256")])
    #expect(rates.allSatisfy { $0.last == .number(0.001, "0.001") }, "\(rates)")
    let speeds = try #require(Self.rows(report.page, "Speed of training"))
    #expect(speeds.count == 6 && speeds[0][0] == .text("d4-w64"))
    let pairs = try #require(Self.rows(report.page, "The deeper less the wider"))
    #expect(pairs.count == 1 && pairs[0][0] == .text("d8-w128"))
    for (place, name) in [(2, "C4a"), (3, "C4b"), (4, "C4c")] {
      let claim = try #require(report.claims.first { $0.name == name })
      guard case .number(let value, _) = pairs[0][place] else { continue }
      #expect(Self.isNear(value, claim.mean), "\(name)")
    }
  }

  @Test func `panels are of the width and of the depth that most shapes have`() throws {
    let scratch = try Scratch()
    let table = StudyTable(try StudyRecords(folder: try StudyClaimTests.write(scratch)))
    let panels = table.panels
    #expect(panels.map { $0.kind } == [.depth, .width, .other])
    #expect(
      panels.map { panel in panel.shapes.map { $0.name } } == [
        ["d2-w128", "d4-w128", "d8-w128"], ["d4-w64", "d4-w128", "d4-w256"],
        ["d2-w256", "d8-w128"],
      ])
  }

  @Test func `a band that is wide does not make lines flat`() {
    let series = StudyFigures.line(
      "s", [[ChartPoint(1, 2), ChartPoint(2, 3)], [ChartPoint(1, 2.5), ChartPoint(2, 3)]])
    // Student's with one degree of freedom: 2.25 ± 12.706 · 0.25.
    #expect(abs(series.band[0].low - (2.25 - 12.7062 * 0.25)) < 1e-3)
    let chart = StudyFigures.chart(
      "t", "", x: ChartAxis("x"), y: ChartAxis("y"), [series])
    let range = chart.y.range ?? 0...0
    #expect(abs(range.lowerBound - 1.66) < 1e-9 && abs(range.upperBound - 3.34) < 1e-9)
    let logarithmic = StudyFigures.chart(
      "t", "", x: ChartAxis("x"), y: ChartAxis("y", scale: .logarithmic), [series])
    #expect(logarithmic.series[0].band.allSatisfy { $0.low > 0 })
  }

  @Test func `a line alone is named, and one layer is one`() throws {
    let scratch = try Scratch()
    let folder = try StudyClaimTests.write(scratch) {
      !$0.contains("\"way\":\"pruned-0.3\"")
    }
    let charts = try StudyReport(folder: folder).page.figures
    let chart = try #require(charts.first { $0.title == "What pruning at once costs" })
    #expect(chart.description.hasSuffix(" The line is of 60%."), "\(chart.description)")
    let rounding = try #require(charts.first { $0.title == "What rounding costs" })
    #expect(!rounding.description.contains("The line is of"))
    let panel = StudyPanel(kind: .depth, shapes: [.init(depth: 1, width: 8)])
    #expect(panel.name(panel.shapes[0]) == "1 layer")
  }

  @Test(arguments: ["benchmark", "train", "cooldown", "compress", "finetune"])
  func `a study that is not finished has a page`(kind: String) throws {
    let scratch = try Scratch()
    let folder = try StudyClaimTests.write(scratch) {
      !$0.contains("\"kind\":\"\(kind)\"") && !$0.contains("\"seed\":3")
    }
    let html = try StudyReport(folder: folder).page.html
    #expect(!html.contains(">nan<") && html.hasSuffix("</html>\n"))
  }
}
