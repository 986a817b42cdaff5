/// An ``XYChart`` in pixels.
struct XYDrawing {
  private let chart: XYChart
  private var x: AxisLayout
  private var y: AxisLayout
  private var svg = SVGElements()
  private var top = 4.0
  private var bottom = 0.0
  private static let plotHeight = 210.0

  init(_ chart: XYChart) {
    self.chart = chart
    let series = chart.series
    x = AxisLayout(
      chart.x,
      showing: series.flatMap { series in
        series.points.map { $0.x } + series.band.map { $0.x }
          + series.runs.joined().map { $0.x }
      })
    y = AxisLayout(
      chart.y,
      showing: series.flatMap { series in
        series.points.map { $0.y } + series.band.flatMap { [$0.low, $0.high] }
          + series.runs.joined().map { $0.y }
      })
    let isLabelled = hasDirectLabels
    if series.count > 1, !isLabelled { addLegend() }
    addAxes(right: isLabelled ? 8 + (series.map { FigureLayout.width($0.name) }.max() ?? 0) : 14)
    addSeries()
    if isLabelled { addDirectLabels() }
    addPointLabels()
  }

  var result: (elements: String, height: Int) {
    (svg.text, Int((bottom + 2 * FigureLayout.line + 6).rounded(.up)))
  }

  /// A few lines with short names are named at their ends.
  private var hasDirectLabels: Bool {
    let series = chart.series
    return (2...5).contains(series.count)
      && series.allSatisfy { $0.style == .line && $0.points.count > 1 && $0.name.count <= 14 }
  }

  private mutating func addLegend() {
    var left = 4.0
    for (place, series) in chart.series.enumerated() {
      let width = 34 + FigureLayout.width(series.name)
      if left > 4, left + width > Double(FigureLayout.width) {
        left = 4
        top += FigureLayout.line
      }
      let middle = top + 8
      if series.style != .points {
        svg.addPath(
          SVGElements.path([(left, middle), (left + 24, middle)]), class: "line s\(place % 8)")
      }
      if Self.hasMarkers(series) {
        svg.addPath(
          SVGElements.marker(place, at: left + 12, middle), class: "mark s\(place % 8)")
      }
      let room = Double(FigureLayout.width) - left - 30
      svg.add(
        FigureLayout.fitted(series.name, room), at: left + 29, middle + 4, full: series.name)
      left += width + 10
    }
    top += FigureLayout.line + 4
  }

  private mutating func addAxes(right: Double) {
    svg.add(chart.y.label, at: 2, top + 12, class: "label")
    top += FigureLayout.line + 4
    bottom = top + Self.plotHeight
    (y.start, y.end) = (bottom, top)
    let rows = y.ticks(limit: 6)
    let left = 10 + (rows.map { FigureLayout.width($0.text) }.max() ?? 0)
    (x.start, x.end) = (left, Double(FigureLayout.width) - right)
    for tick in rows {
      guard let place = y.position(tick.value) else { continue }
      svg.addPath(SVGElements.path([(x.start, place), (x.end, place)]), class: "grid")
      svg.add(tick.text, at: x.start - 6, place + 4, anchor: .end, class: "tick")
    }
    var free = 0.0
    for tick in x.ticks(limit: Int((x.end - x.start) / 62)) {
      guard let place = x.position(tick.value) else { continue }
      svg.addPath(SVGElements.path([(place, bottom), (place, bottom + 4)]), class: "axis")
      let half = FigureLayout.width(tick.text) / 2
      let middle = min(max(place, half), Double(FigureLayout.width) - half)
      guard middle - half >= free else { continue }
      free = middle + half + 6
      svg.add(tick.text, at: middle, bottom + 17, anchor: .middle, class: "tick")
    }
    svg.addPath(SVGElements.path([(x.start, bottom), (x.end, bottom)]), class: "axis")
    svg.add(
      chart.x.label + (chart.x.scale == .logarithmic ? " (logarithmic)" : ""), at: x.end,
      bottom + 36, anchor: .end, class: "label")
  }

  private static func hasMarkers(_ series: ChartSeries) -> Bool {
    series.style != .line || series.points.count <= 24
  }

  private func place(_ point: ChartPoint) -> (x: Double, y: Double)? {
    guard let x = x.position(point.x), let y = y.position(point.y) else { return nil }
    return (x, y)
  }

  private static func ordered(_ points: [ChartPoint]) -> [ChartPoint] {
    points.filter { $0.x.isFinite && $0.y.isFinite }.enumerated().sorted {
      ($0.element.x, $0.offset) < ($1.element.x, $1.offset)
    }.map { $0.element }
  }

  private mutating func addSeries() {
    var lines = SVGElements()
    for (place, series) in chart.series.enumerated() {
      let name = "s\(place % 8)"
      let band = series.band.filter { chart.x.shows($0.x) && $0.low.isFinite && $0.high.isFinite }
        .sorted { $0.x < $1.x }
      let low = band.compactMap { self.place(ChartPoint($0.x, $0.low)) }
      let high = band.compactMap { self.place(ChartPoint($0.x, $0.high)) }
      if low.count == band.count, high.count == band.count, band.count > 1 {
        lines.addPath(SVGElements.path(high + low.reversed()) + "z", class: "band \(name)")
      }
      for run in series.runs {
        lines.addPath(
          SVGElements.path(Self.ordered(run).compactMap { self.place($0) }), class: "run \(name)")
      }
    }
    for (place, series) in chart.series.enumerated() {
      lines.addPath(line(series), class: "line s\(place % 8)", title: series.name)
    }
    svg.add(lines, within: x.start...x.end, top...bottom)
    for (place, series) in chart.series.enumerated() where Self.hasMarkers(series) {
      for point in series.points where x.contains(point.x) && y.contains(point.y) {
        guard let at = self.place(point) else { continue }
        svg.addPath(
          SVGElements.marker(place, at: at.x, at.y), class: "mark s\(place % 8)",
          title: "\(point.name(in: series.name)): \(chart.x.text(point.x)),"
            + " \(chart.y.text(point.y))")
      }
    }
  }

  private func line(_ series: ChartSeries) -> String {
    switch series.style {
    case .points: return ""
    case .line:
      return SVGElements.path(Self.ordered(series.points).compactMap { place($0) })
    case .frontier(let preference):
      var corners: [(x: Double, y: Double)] = []
      for point in ChartSeries.frontier(of: series.points, preferring: preference) {
        guard let at = place(point) else { continue }
        if let last = corners.last { corners.append((at.x, last.y)) }
        corners.append(at)
      }
      if let last = corners.last { corners.append((x.end, last.y)) }
      return SVGElements.path(corners)
    }
  }

  /// Names at the ends of lines, moved apart where they would cover each other.
  private mutating func addDirectLabels() {
    let ends = chart.series.enumerated().compactMap { place, series in
      Self.ordered(series.points).last { x.contains($0.x) && chart.y.shows($0.y) }
        .flatMap { self.place($0) }.map {
          (series: place, y: max(top, min(bottom, $0.y)))
        }
    }.sorted { ($0.y, $0.series) < ($1.y, $1.series) }
    var places = ends.map { $0.y }
    for i in places.indices.dropFirst() { places[i] = max(places[i], places[i - 1] + 15) }
    if let last = places.last, last > bottom {
      places[places.count - 1] = bottom
      for i in places.indices.dropLast().reversed() {
        places[i] = min(places[i], places[i + 1] - 15)
      }
    }
    for (end, y) in zip(ends, places) {
      svg.add(
        chart.series[end.series].name, at: x.end + 5, y + 4, class: "name s\(end.series % 8)")
    }
  }

  /// Where a label may begin, from its point: along, where a negative number is of its end and 0 of its
  /// middle, and down. First what the lines of a style leave free.
  private static func labelPlaces(_ style: ChartSeries.Style) -> [(side: Double, level: Double)] {
    let above: [(side: Double, level: Double)] = [(-6, -8), (0, -9), (6, -8)]
    let below: [(side: Double, level: Double)] = [(-6, 16), (0, 17), (6, 16)]
    let beside: [(side: Double, level: Double)] = [(8, 4), (-8, 4)]
    return switch style {
    case .points: beside + above + below
    case .frontier(.smaller): below + above + beside
    case .frontier(.greater), .line: above + below + beside
    }
  }

  /// Labels of points, each at the first place around its point that no label and no marker takes.
  private mutating func addPointLabels() {
    let markers = chart.series.filter { Self.hasMarkers($0) }.flatMap { series in
      series.points.filter { x.contains($0.x) && y.contains($0.y) }.compactMap { place($0) }
    }
    var taken: [(left: Double, right: Double, y: Double)] = []
    /// Whether nothing is where a label would be; its baseline is at `y`.
    func isFree(_ left: Double, _ y: Double, _ width: Double) -> Bool {
      left >= x.start && left + width <= Double(FigureLayout.width)
        && y - 9 >= top && y <= bottom - 1
        && !taken.contains { left < $0.right && left + width > $0.left && abs(y - $0.y) < 13 }
        && !markers.contains {
          $0.x > left - 4 && $0.x < left + width + 4 && $0.y > y - 13 && $0.y < y + 5
        }
    }
    for series in chart.series {
      for point in series.points where x.contains(point.x) && y.contains(point.y) {
        guard let label = point.label, let at = place(point) else { continue }
        let width = FigureLayout.width(label)
        let candidates = Self.labelPlaces(series.style).map { side, level in
          (at.x + (side == 0 ? -width / 2 : side < 0 ? side - width : side), at.y + level)
        }
        // Where there is no room, the title of the marker and the table still name the point.
        guard let (left, y) = candidates.first(where: { isFree($0.0, $0.1, width) }) else {
          continue
        }
        taken.append((left, left + width, y))
        svg.add(label, at: left, y, class: "point")
      }
    }
  }
}
