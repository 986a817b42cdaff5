/// A point of a chart.
public struct ChartPoint: Equatable, Sendable {
  /// Along.
  public var x: Double
  /// Up.
  public var y: Double
  /// What is written beside it; `nil` for nothing.
  public var label: String?
  /// What is told of it where it is pointed at, and in the table, in place of its label.
  public var note: String?

  /// Names a point.
  public init(_ x: Double, _ y: Double, label: String? = nil, note: String? = nil) {
    self.x = x
    self.y = y
    self.label = label
    self.note = note
  }

  /// The series' name and what is told of the point.
  func name(in series: String) -> String {
    (note ?? label).map { "\(series): \($0)" } ?? series
  }
}

/// A range of values at a place along a chart: least to greatest of several seeds, or an interval of
/// confidence.
public struct ChartInterval: Equatable, Sendable {
  /// Along.
  public var x: Double
  /// The lower end.
  public var low: Double
  /// The upper end.
  public var high: Double

  /// Names a range.
  public init(_ x: Double, _ low: Double, _ high: Double) {
    self.x = x
    self.low = low
    self.high = high
  }
}

/// Points of a chart that belong together.
public struct ChartSeries: Equatable, Sendable {
  /// How points are joined.
  public enum Style: Equatable, Sendable {
    /// Straight lines, with markers where there are at most 24 points.
    case line
    /// Markers alone.
    case points
    /// Markers, and steps along those which no other beats: a Pareto frontier, where less along is
    /// better, and up is better or worse.
    case frontier(Preference)
  }

  /// Which values of a frontier are better.
  public enum Preference: Equatable, Sendable {
    /// Greater ones.
    case greater
    /// Smaller ones.
    case smaller
  }

  /// Its name, in the legend.
  public var name: String
  /// Its points; lines join them in order of `x`.
  public var points: [ChartPoint]
  /// How they are joined.
  public var style: Style
  /// A shaded band, in any order.
  public var band: [ChartInterval]
  /// Lines drawn faint behind it, such as those of single seeds.
  public var runs: [[ChartPoint]]

  /// Names points.
  public init(
    _ name: String, _ points: [ChartPoint], style: Style = .line, band: [ChartInterval] = [],
    runs: [[ChartPoint]] = []
  ) {
    self.name = name
    self.points = points
    self.style = style
    self.band = band
    self.runs = runs
  }

  /// The points that no other beats, in order of `x`.
  public static func frontier(
    of points: [ChartPoint], preferring preference: Preference
  ) -> [ChartPoint] {
    func isBetter(_ a: Double, _ b: Double) -> Bool { preference == .greater ? a > b : a < b }
    let ordered = points.filter { $0.x.isFinite && $0.y.isFinite }.sorted {
      $0.x != $1.x ? $0.x < $1.x : isBetter($0.y, $1.y)
    }
    var frontier: [ChartPoint] = []
    for point in ordered where frontier.last.map({ isBetter(point.y, $0.y) }) ?? true {
      frontier.append(point)
    }
    return frontier
  }
}
