/// Rows of cells, each filled as far as its value is large: the fuller and the stronger, the greater.
public struct HeatStrip: Figure {
  /// A row of cells.
  public struct Row: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// A value for each column; `nil` where there is none.
    public var values: [Double?]

    /// Names a row.
    public init(_ name: String, _ values: [Double?]) {
      self.name = name
      self.values = values
    }
  }

  /// What it shows.
  public var title: String
  /// What is to be seen.
  public var description: String
  /// What the values measure; a logarithmic one compares ratios.
  public var axis: ChartAxis
  /// The columns' names.
  public var columns: [String]
  /// The rows, from the top.
  public var rows: [Row]

  /// Describes a chart.
  public init(
    _ title: String, description: String, axis: ChartAxis, columns: [String], rows: [Row]
  ) {
    self.title = title
    self.description = description
    self.axis = axis
    self.columns = columns
    self.rows = rows
  }

  /// A row for each row, a column for each column.
  public var numbers: ReportTable {
    var table = ReportTable([.init(axis.label)] + columns.map { .init($0, .right) })
    for row in rows {
      table.append(
        [.text(row.name)]
          + columns.indices.map { place in
            let value = place < row.values.count ? row.values[place] : nil
            return value.map { .number($0, axis.text($0)) } ?? .text("")
          })
    }
    return table
  }

  /// The drawing.
  public func drawing() -> (elements: String, height: Int) {
    var svg = SVGElements()
    let width = Double(FigureLayout.width)
    var axis = axis
    axis.includesZero = axis.scale == .linear
    let values = rows.flatMap { $0.values.compactMap { $0 } }
    let layout = AxisLayout(axis, showing: values, margin: 0)
    let names = min(170, 8 + (rows.map { FigureLayout.width($0.name) }.max() ?? 0))
    let cell = (width - names) / Double(max(1, columns.count))
    var top = 16.0
    var free = names
    for (place, name) in columns.enumerated() {
      let middle = names + (Double(place) + 0.5) * cell
      let half = FigureLayout.width(name) / 2
      guard middle - half >= free - 1, middle + half <= width + 4 else { continue }
      free = middle + half + 6
      svg.add(name, at: middle, 11, anchor: .middle, class: "tick")
    }
    for row in rows {
      svg.add(
        FigureLayout.fitted(row.name, names - 8), at: names - 6, top + 16, anchor: .end,
        class: "tick", full: row.name)
      for place in columns.indices {
        let left = names + Double(place) * cell
        svg.addRectangle(left, top, cell - 1, 22, class: "rail")
        guard place < row.values.count, let value = row.values[place],
          let share = layout.position(value).map({ max(0.04, min(1, $0)) })
        else { continue }
        svg.addRectangle(
          left, top + 22 * (1 - share), cell - 1, 22 * share,
          class: "heat h\(Int((share * 4).rounded()))",
          title: "\(row.name), \(columns[place]): \(axis.text(value))")
      }
      top += 25
    }
    let ends =
      "empty \(axis.text(layout.range.lowerBound)), full \(axis.text(layout.range.upperBound))"
      + (axis.scale == .logarithmic ? ", logarithmic" : "")
    svg.add("\(axis.label): \(ends)", at: width, top + 14, anchor: .end, class: "label")
    return (svg.text, Int(top) + 22)
  }
}
