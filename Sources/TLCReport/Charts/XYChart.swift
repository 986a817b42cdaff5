/// Lines and points over two axes.
public struct XYChart: Figure {
  /// What it shows.
  public var title: String
  /// What is to be seen.
  public var description: String
  /// Along.
  public var x: ChartAxis
  /// Up.
  public var y: ChartAxis
  /// What is drawn, the first lowest.
  public var series: [ChartSeries]
  /// What bands show, in the table.
  public var bandName = "range"

  /// Describes a chart.
  public init(
    _ title: String, description: String, x: ChartAxis, y: ChartAxis, series: [ChartSeries]
  ) {
    self.title = title
    self.description = description
    self.x = x
    self.y = y
    self.series = series
  }

  /// A row for each point.
  public var numbers: ReportTable {
    var table = ReportTable([.init("series"), .init(x.label, .right), .init(y.label, .right)])
    let hasBands = series.contains { !$0.band.isEmpty }
    if hasBands { table.columns.append(.init(bandName, .right)) }
    for series in series {
      let bands = Dictionary(series.band.map { ($0.x, $0) }) { first, _ in first }
      for point in series.points {
        var row: [ReportTable.Cell] = [
          .text(point.name(in: series.name)), .number(point.x, x.text(point.x)),
          .number(point.y, y.text(point.y)),
        ]
        if hasBands {
          row.append(
            .text(bands[point.x].map { "\(y.text($0.low)) – \(y.text($0.high))" } ?? ""))
        }
        table.append(row)
      }
    }
    return table
  }

  /// The drawing.
  public func drawing() -> (elements: String, height: Int) { XYDrawing(self).result }
}
