/// An axis of a chart.
public struct ChartAxis: Equatable, Sendable {
  /// How numbers become distances.
  public enum Scale: Equatable, Sendable {
    /// Equal differences are equally far apart.
    case linear
    /// Equal ratios are equally far apart; numbers that are not positive are left out.
    case logarithmic
  }

  /// How numbers along the axis are written.
  public enum Unit: Equatable, Sendable {
    /// As they are.
    case number
    /// As bytes, in powers of ten: `20 MB`.
    case bytes
    /// As hundredths: `12.5%` of 0.125.
    case percent
  }

  /// What it measures, with its unit.
  public var label: String
  /// How numbers become distances.
  public var scale: Scale
  /// How numbers are written.
  public var unit: Unit
  /// What is shown; `nil` for all that there is.
  public var range: ClosedRange<Double>?
  /// Whether an axis without a range begins or ends at 0.
  public var includesZero: Bool

  /// Describes an axis.
  public init(
    _ label: String, scale: Scale = .linear, unit: Unit = .number,
    range: ClosedRange<Double>? = nil, includesZero: Bool = false
  ) {
    self.label = label
    self.scale = scale
    self.unit = unit
    self.range = range
    self.includesZero = includesZero
  }

  /// Whether a number can be shown.
  func shows(_ value: Double) -> Bool {
    value.isFinite && (scale == .linear || value > 0)
  }

  /// A number in words, for tables and titles.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    switch unit {
    case .bytes: return NumberText.bytes(Int(clamping: value))
    case .percent: return NumberText.general(value * 100) + "%"
    case .number: return NumberText.general(value)
    }
  }
}

extension Int {
  /// The nearest whole number, or the greatest or least.
  init(clamping value: Double) {
    self = value >= 9.2e18 ? .max : value <= -9.2e18 ? .min : Int(value.rounded())
  }
}
