internal import Foundation
internal import TLCReport

/// The charts of a study.
struct StudyFigures {
  let table: StudyTable
  let panels: [StudyPanel]
  /// Files of models of masked tokens at the longest budget.
  let last: [StudyTable.Compressed]

  init(_ table: StudyTable) {
    self.table = table
    panels = table.panels
    last = table.compressed.filter { $0.task == nil && $0.budget == table.budgets.last }
  }

  /// What bands show, for the end of a description.
  var bands: String {
    table.seeds.count > 1
      ? " Faint lines are seeds; bands are Student's 95% of their mean, cut off where they are wide."
      : ""
  }

  /// A line of means over seeds, with each seed's faint behind it, and Student's interval.
  ///
  /// - Parameter runs: points of each seed; a mean is of those at the same place.
  static func line(_ name: String, _ runs: [[ChartPoint]]) -> ChartSeries {
    let runs = runs.map { run in run.filter { $0.x.isFinite && $0.y.isFinite } }
      .filter { !$0.isEmpty }
    let groups = Dictionary(grouping: runs.joined()) { $0.x }
    var (points, band): ([ChartPoint], [ChartInterval]) = ([], [])
    for (x, here) in groups.sorted(by: { $0.key < $1.key }) {
      let found = SeedStatistic(here.map { $0.y })
      points.append(ChartPoint(x, found.mean, label: here[0].label, note: here[0].note))
      if let interval = found.interval {
        band.append(ChartInterval(x, interval.lowerBound, interval.upperBound))
      }
    }
    return ChartSeries(name, points, band: band, runs: runs.count > 1 ? runs : [])
  }

  /// A chart whose axis up shows all seeds, and as much of bands as does not make lines flat.
  static func chart(
    _ title: String, _ description: String, x: ChartAxis, y: ChartAxis, _ series: [ChartSeries]
  ) -> XYChart {
    var (y, series) = (y, series.filter { !$0.points.isEmpty })
    let isLogarithmic = y.scale == .logarithmic
    func scaled(_ value: Double) -> Double { isLogarithmic ? log(value) : value }
    let values = series.flatMap { $0.points.map { $0.y } + $0.runs.joined().map { $0.y } }
      .map(scaled).filter { $0.isFinite }
    if let low = values.min(), let high = values.max(), low < high {
      let room = 0.3 * (high - low)
      let ends = series.flatMap { $0.band.flatMap { [$0.low, $0.high] } }
        .map { max(low - room, min(high + room, scaled($0).isNaN ? -.infinity : scaled($0))) }
      let margin = 0.04 * (high - low)
      let from = min(low, ends.min() ?? low) - margin
      let to = max(high, ends.max() ?? high) + margin
      y.range = isLogarithmic ? exp(from)...exp(to) : from...to
      if isLogarithmic {
        // What is not above 0 has no place on such an axis.
        for place in series.indices {
          for part in series[place].band.indices {
            series[place].band[part].low = max(exp(from - room), series[place].band[part].low)
          }
        }
      }
    }
    // A line alone has no legend.
    let only = series.count == 1 ? " The line is of \(series[0].name)." : ""
    var chart = XYChart(title, description: description + only, x: x, y: y, series: series)
    chart.bandName = "95%, seeds"
    return chart
  }

  /// A chart for each panel, with a line a shape; those with nothing to show are left out.
  func each(
    _ title: String, _ description: String, x: ChartAxis, y: ChartAxis, isFrontier: Bool = false,
    _ series: (String, StudyPlan.Shape) -> ChartSeries
  ) -> [any Figure] {
    panels.compactMap { panel in
      let all = panel.shapes.map { series(panel.name($0), $0) }
      guard all.contains(where: { !$0.points.isEmpty }) else { return nil }
      return Self.chart(
        title + panel.suffix, "\(description) \(panel.description)\(isFrontier ? "" : bands)", x: x,
        y: y, all)
    }
  }
}
