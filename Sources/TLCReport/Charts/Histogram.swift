/// Counts of what falls between edges that are equally far apart.
public struct Histogram: Figure {
  /// What it shows.
  public var title: String
  /// What is to be seen.
  public var description: String
  /// What is counted, along.
  public var axis: ChartAxis
  /// The lower edge of the first count.
  public var start: Double
  /// How far edges are apart, above 0.
  public var binWidth: Double
  /// The counts, from the lowest on.
  public var counts: [Int]

  /// Describes a histogram.
  ///
  /// - Precondition: `binWidth` is above 0.
  public init(
    _ title: String, description: String, axis: ChartAxis, start: Double, binWidth: Double,
    counts: [Int]
  ) {
    precondition(binWidth > 0, "bins of width \(binWidth)")
    self.title = title
    self.description = description
    self.axis = axis
    self.start = start
    self.binWidth = binWidth
    self.counts = counts
  }

  /// Counts of whole numbers from `first` on, each in the middle of its bin.
  public init(
    _ title: String, description: String, axis: ChartAxis, first: Int, counts: [Int]
  ) {
    self.init(
      title, description: description, axis: axis, start: Double(first) - 0.5, binWidth: 1,
      counts: counts)
  }

  /// A row for each count that is not 0.
  public var numbers: ReportTable {
    var table = ReportTable([.init(axis.label, .right), .init("count", .right)])
    for (place, count) in counts.enumerated() where count > 0 {
      let middle = start + (Double(place) + 0.5) * binWidth
      table.append([
        .number(middle, axis.text(middle)), .number(Double(count), NumberText.grouped(count)),
      ])
    }
    return table
  }

  /// The drawing.
  public func drawing() -> (elements: String, height: Int) {
    var svg = SVGElements()
    let (top, bottom) = (24.0, 144.0)
    var x = AxisLayout(
      ChartAxis("", range: start...start + binWidth * Double(max(1, counts.count))), showing: [])
    var y = AxisLayout(ChartAxis("", includesZero: true), showing: counts.map { Double($0) })
    (y.start, y.end) = (bottom, top)
    let rows = y.ticks(limit: 3)
    let left = 10 + (rows.map { FigureLayout.width($0.text) }.max() ?? 0)
    (x.start, x.end) = (left, Double(FigureLayout.width) - 6)
    svg.add("count", at: 2, 13, class: "label")
    for tick in rows {
      guard let place = y.position(tick.value) else { continue }
      svg.addPath(SVGElements.path([(x.start, place), (x.end, place)]), class: "grid")
      svg.add(tick.text, at: x.start - 6, place + 4, anchor: .end, class: "tick")
    }
    var outline: [(x: Double, y: Double)] = [(x.start, bottom)]
    for (place, count) in counts.enumerated() {
      guard let height = y.position(Double(count)),
        let low = x.position(start + Double(place) * binWidth),
        let high = x.position(start + Double(place + 1) * binWidth)
      else { continue }
      outline += [(low, height), (high, height)]
    }
    outline.append((x.end, bottom))
    svg.addPath(SVGElements.path(outline) + "z", class: "bins")
    svg.addPath(SVGElements.path([(x.start, bottom), (x.end, bottom)]), class: "axis")
    for tick in x.ticks(limit: 6) {
      guard let place = x.position(tick.value) else { continue }
      svg.add(tick.text, at: place, bottom + 16, anchor: .middle, class: "tick")
    }
    svg.add(axis.label, at: x.end, bottom + 33, anchor: .end, class: "label")
    return (svg.text, Int(bottom) + 40)
  }
}
