/// Horizontal bars, one below the other, each under its name.
public struct BarChart: Figure {
  /// A bar.
  public struct Bar: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Its length.
    public var value: Double

    /// Names a bar.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// What it shows.
  public var title: String
  /// What is to be seen.
  public var description: String
  /// What the lengths measure; a logarithmic one begins at its range, or a tenth of the least value.
  public var axis: ChartAxis
  /// The bars, from the top.
  public var bars: [Bar]

  /// Describes a chart.
  public init(_ title: String, description: String, axis: ChartAxis, bars: [Bar]) {
    self.title = title
    self.description = description
    self.axis = axis
    self.bars = bars
  }

  /// A row for each bar.
  public var numbers: ReportTable {
    var table = ReportTable([.init("name"), .init(axis.label, .right)])
    for bar in bars {
      table.append([.text(bar.name), .number(bar.value, axis.text(bar.value))])
    }
    return table
  }

  /// The drawing.
  public func drawing() -> (elements: String, height: Int) {
    var svg = SVGElements()
    let width = Double(FigureLayout.width)
    var axis = axis
    axis.includesZero = axis.scale == .linear
    let values = bars.map { $0.value }.filter { axis.shows($0) }
    var layout = AxisLayout(
      axis, showing: axis.scale == .linear ? values : values + values.map { $0 / 10 }, margin: 0)
    (layout.start, layout.end) = (0, width)
    let zero = layout.position(max(0, layout.range.lowerBound)) ?? 0
    var top = 0.0
    for bar in bars {
      let text = axis.text(bar.value)
      svg.add(
        FigureLayout.fitted(bar.name, width - FigureLayout.width(text) - 20), at: 0, top + 12,
        full: bar.name)
      svg.add(text, at: width, top + 12, anchor: .end)
      svg.addRectangle(0, top + 17, width, 8, class: "rail")
      if let end = layout.position(bar.value) {
        svg.addRectangle(
          min(zero, end), top + 17, abs(end - zero), 8, class: "part p0",
          title: "\(bar.name): \(text)")
      }
      top += 34
    }
    svg.add(
      axis.label + (axis.scale == .logarithmic ? " (logarithmic)" : ""), at: width, top + 10,
      anchor: .end, class: "label")
    return (svg.text, Int(top) + 16)
  }
}
