/// Bars of parts that add up: one of a whole, or several that are compared.
public struct StackedBars: Figure {
  /// A bar.
  public struct Bar: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// The size of each part, in the order of the parts' names; negative and infinite ones count as 0.
    public var sizes: [Double]

    /// Names a bar.
    public init(_ name: String, _ sizes: [Double]) {
      self.name = name
      self.sizes = sizes
    }
  }

  /// What it shows.
  public var title: String
  /// What is to be seen.
  public var description: String
  /// The parts' names.
  public var parts: [String]
  /// The bars, from the top.
  public var bars: [Bar]
  /// How sizes are written.
  public var unit: ChartAxis.Unit

  /// Describes a chart.
  public init(
    _ title: String, description: String, parts: [String], bars: [Bar], unit: ChartAxis.Unit
  ) {
    self.title = title
    self.description = description
    self.parts = parts
    self.bars = bars
    self.unit = unit
  }

  private func sizes(_ bar: Bar) -> [Double] {
    parts.indices.map { place in
      let size = place < bar.sizes.count ? bar.sizes[place] : 0
      return size.isFinite ? max(0, size) : 0
    }
  }

  private func text(_ size: Double) -> String { ChartAxis("", unit: unit).text(size) }

  private static func share(_ size: Double, of total: Double) -> String {
    total > 0 ? NumberText.percent(size / total) : ""
  }

  /// A row for each part of each bar.
  public var numbers: ReportTable {
    var table = ReportTable([
      .init("bar"), .init("part"), .init("size", .right), .init("share", .right),
    ])
    for bar in bars {
      let sizes = sizes(bar)
      let total = sizes.reduce(0, +)
      for (part, size) in zip(parts, sizes) {
        table.append([
          .text(bar.name), .text(part), .number(size, text(size)),
          .number(size, Self.share(size, of: total)),
        ])
      }
    }
    return table
  }

  /// The drawing.
  public func drawing() -> (elements: String, height: Int) {
    var svg = SVGElements()
    let width = Double(FigureLayout.width)
    let totals = bars.map { sizes($0).reduce(0, +) }
    let greatest = max(totals.max() ?? 0, .leastNonzeroMagnitude)
    var top = 0.0
    for (bar, total) in zip(bars, totals) {
      let sum = text(total)
      svg.add(
        FigureLayout.fitted(bar.name, width - FigureLayout.width(sum) - 20), at: 0, top + 13,
        full: bar.name)
      svg.add(sum, at: width, top + 13, anchor: .end)
      var left = 0.0
      for (place, size) in sizes(bar).enumerated() where size > 0 {
        let length = size / greatest * width
        svg.addRectangle(
          left, top + 19, length, 22, class: "part p\(place % 8)",
          title: "\(parts[place]): \(text(size)), \(Self.share(size, of: total))")
        if length > FigureLayout.width(parts[place]) + 10 {
          svg.add(parts[place], at: left + 5, top + 34, class: "inside")
        }
        left += length
      }
      top += 52
    }
    addLegend(to: &svg, &top, totals.count == 1 ? totals.first : nil)
    return (svg.text, Int(top.rounded(.up)) + 4)
  }

  /// The parts by name; with their sizes, where there is one bar.
  private func addLegend(to svg: inout SVGElements, _ top: inout Double, _ total: Double?) {
    var left = 0.0
    for (place, part) in parts.enumerated() {
      var name = part
      if let total, let bar = bars.first {
        let size = sizes(bar)[place]
        name += "  \(text(size))  \(Self.share(size, of: total))"
      }
      let width = 18 + FigureLayout.width(name)
      if left > 0, total != nil || left + width > Double(FigureLayout.width) {
        left = 0
        top += FigureLayout.line
      }
      svg.addRectangle(left, top + 2, 12, 12, class: "part p\(place % 8)")
      svg.add(
        FigureLayout.fitted(name, Double(FigureLayout.width) - left - 18), at: left + 18, top + 12,
        full: name)
      left += width + 14
    }
    if !parts.isEmpty { top += FigureLayout.line }
  }
}
