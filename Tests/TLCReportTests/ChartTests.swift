import Foundation
import FoundationXML
import TLCReport
import Testing

/// Whether a text is well-formed XML.
private func isWellFormed(_ text: String) -> Bool {
  XMLParser(data: Data(text.utf8)).parse()
}

private let hostile = "<script>alert(1)</script>\" onload='x' & \u{0} \u{202E}"

private func everyFigure(_ name: String, _ numbers: [Double]) -> [any Figure] {
  let points = numbers.enumerated().map { ChartPoint(Double($0.offset), $0.element, label: name) }
  let series = [
    ChartSeries(name, points),
    ChartSeries(
      name + "2", points, style: .frontier(.greater),
      band: numbers.map { ChartInterval($0, $0, $0) }, runs: [points]),
  ]
  return [
    XYChart(
      name, description: name, x: ChartAxis(name, unit: .bytes), y: ChartAxis(name), series: series),
    XYChart(
      name, description: name, x: ChartAxis(name, scale: .logarithmic),
      y: ChartAxis(name, scale: .logarithmic, unit: .percent), series: series),
    StackedBars(
      name, description: name, parts: numbers.map { _ in name }, bars: [.init(name, numbers)],
      unit: .bytes),
    BarChart(
      name, description: name, axis: ChartAxis(name, scale: .logarithmic),
      bars: numbers.map { .init(name, $0) }),
    BarChart(
      name, description: name, axis: ChartAxis(name), bars: numbers.map { .init(name, $0) }),
    Histogram(
      name, description: name, axis: ChartAxis(name), first: -1,
      counts: numbers.map { $0.isFinite ? Int(min(1e6, max(0, $0))) : 0 }),
    HeatStrip(
      name, description: name, axis: ChartAxis(name), columns: numbers.map { _ in name },
      rows: [.init(name, numbers)]),
  ]
}

@Suite struct ChartTests {
  @Test func `draws any numbers as well-formed SVG`() {
    let numbers: [[Double]] = [
      [], [0], [1], [-1, 1], [0.1, 0.2, 0.3], [1e300, 1e-300], [.nan, .infinity, -.infinity, 2],
      [.greatestFiniteMagnitude, -.greatestFiniteMagnitude], [.leastNonzeroMagnitude, 3],
      (0..<50).map { Double($0 * $0) },
    ]
    for numbers in numbers {
      for figure in everyFigure("a name", numbers) {
        #expect(isWellFormed(figure.svg), "\(type(of: figure)) of \(numbers)")
        let tags = figure.svg.components(separatedBy: "<").map { $0.prefix { $0 != ">" } }
        #expect(!tags.contains { $0.contains("nan") || $0.contains("inf") })
      }
    }
  }

  @Test func `escapes every name and text`() {
    let figures = everyFigure(hostile, [1, 2, 30])
    var table = ReportTable([.init(hostile)], caption: hostile)
    table.append([.text(hostile)])
    table.append([.code(hostile)])
    let page = ReportPage(
      hostile, subtitle: hostile,
      sections: [
        .init(
          hostile,
          [
            .paragraph(hostile), .note(hostile), .facts([(hostile, hostile)]), .code(hostile),
            .table(table), .figures(figures), .details(summary: hostile, []),
          ])
      ]
    ).html
    for text in figures.map({ $0.svg }) + [page] {
      #expect(!text.contains("<script"))
      #expect(!text.contains("onload='x'"))
      #expect(!text.unicodeScalars.contains("\u{202E}") && !text.unicodeScalars.contains("\u{0}"))
      #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp;"))
    }
    for figure in figures { #expect(isWellFormed(figure.svg)) }
  }

  @Test func `gives every figure of a page a title, a description and its numbers`() {
    let html = ReportPage("t", sections: [.init("s", [.figures(everyFigure("n", [1, 2]))])]).html
    for number in 1...7 {
      #expect(html.contains("aria-labelledby=\"figure\(number)-t figure\(number)-d\""))
      #expect(html.contains("<title id=\"figure\(number)-t\">n</title>"))
      #expect(html.contains("<desc id=\"figure\(number)-d\">n</desc>"))
    }
    #expect(html.components(separatedBy: "<summary>Numbers</summary>").count == 8)
    #expect(!html.replacing("http://www.w3.org/2000/svg", with: "").contains("://"))
  }

  @Test func `tells the note of a point in place of its label, which is drawn`() {
    let chart = XYChart(
      "t", description: "", x: ChartAxis("x"), y: ChartAxis("y"),
      series: [
        ChartSeries("s", [ChartPoint(1, 2, label: "short", note: "all of it"), ChartPoint(3, 4)])
      ])
    #expect(chart.svg.contains("<title>s: all of it: 1, 2</title>"))
    #expect(chart.svg.contains(">short</text>") && !chart.svg.contains(">all of it</text>"))
    #expect(chart.numbers.rows[0][0] == .text("s: all of it"))
  }

  @Test func `a chart alone has a ground, and one of a page has that of the page`() {
    let figure = everyFigure("n", [1, 2])[0]
    #expect(figure.svg.contains("fill=\"#ffffff\" style=\"fill: var(--ground)\"/>"))
    #expect(figure.svg.contains("viewBox=\"-12 -12 464 "))
    #expect(!figure.svg(id: "a").contains("var(--ground)"))
  }

  @Test func `files of charts are named for their titles, each differently`() {
    func chart(_ title: String) -> any Figure {
      BarChart(title, description: "", axis: .init("x"), bars: [])
    }
    let page = ReportPage(
      "t",
      sections: [
        .init("s", [.figures([chart("A: 60 % of it's bytes, by depth"), chart("β")])]),
        .init("s", [.details(summary: "more", [.figures([chart("a 60 of it s bytes by Depth")])])]),
      ])
    #expect(
      page.figureFiles.map { $0.name } == [
        "a-60-of-it-s-bytes-by-depth.svg", "figure.svg", "a-60-of-it-s-bytes-by-depth-2.svg",
      ])
    #expect(page.figureFiles.allSatisfy { isWellFormed($0.svg) })
  }

  @Test func `keeps in a frontier what no other point beats`() {
    let points = [
      ChartPoint(3, 0.9), ChartPoint(1, 0.5), ChartPoint(2, 0.4), ChartPoint(1, 0.3),
      ChartPoint(.nan, 2), ChartPoint(4, 0.9),
    ]
    #expect(
      ChartSeries.frontier(of: points, preferring: .greater) == [
        ChartPoint(1, 0.5), ChartPoint(3, 0.9),
      ])
    #expect(
      ChartSeries.frontier(of: points, preferring: .smaller) == [ChartPoint(1, 0.3)])
  }

  /// The texts of an axis along, as they are drawn.
  private func ticks(_ axis: ChartAxis, _ values: [Double]) -> [String] {
    let chart = XYChart(
      "t", description: "", x: axis, y: ChartAxis("y", range: 0...1),
      series: [ChartSeries("s", values.map { ChartPoint($0, 5) })])
    return chart.svg.components(separatedBy: "text-anchor=\"middle\" class=\"tick\">").dropFirst()
      .map { String($0.prefix { $0 != "<" }) }
  }

  @Test func `marks round numbers`() {
    #expect(
      ticks(ChartAxis("x", includesZero: true), [0, 9.7]) == ["0", "2", "4", "6", "8", "10"])
    #expect(ticks(ChartAxis("x"), [0.9, 1]) == ["0.90", "0.92", "0.94", "0.96", "0.98", "1.00"])
    #expect(
      ticks(ChartAxis("x", scale: .logarithmic), [1, 10_000])
        == ["1", "10", "100", "1000", "10\u{202F}000"])
    #expect(
      ticks(ChartAxis("x", scale: .logarithmic, unit: .bytes), [1e6, 2.1e7])
        == ["1 MB", "2 MB", "5 MB", "10 MB", "20 MB"])
    #expect(
      ticks(ChartAxis("x", unit: .percent), [0, 1]) == ["0%", "20%", "40%", "60%", "80%", "100%"])
    // Less than two ticks of a decade: steps as those of a linear axis.
    #expect(ticks(ChartAxis("x", scale: .logarithmic), [6, 8]).count >= 3)
  }
}
