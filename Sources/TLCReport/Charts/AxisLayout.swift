import TLCCore

/// An axis in pixels: what it shows, where each number is, and its ticks.
struct AxisLayout {
  let axis: ChartAxis
  let range: ClosedRange<Double>
  /// The pixels of the range's ends.
  var start = 0.0
  var end = 1.0

  /// - Parameters:
  ///   - values: what is to be shown.
  ///   - margin: the share of the range that is added at each end, where the axis has no range.
  init(_ axis: ChartAxis, showing values: [Double], margin: Double = 0.04) {
    self.axis = axis
    let usable = values.filter { axis.shows($0) }
    if let given = axis.range, axis.shows(given.lowerBound), axis.shows(given.upperBound),
      given.lowerBound < given.upperBound
    {
      range = given
      return
    }
    var low = usable.min() ?? (axis.scale == .linear ? 0 : 1)
    var high = usable.max() ?? (axis.scale == .linear ? 1 : 10)
    switch axis.scale {
    case .logarithmic:
      let width = max((high.portableLog2 - low.portableLog2) * margin, high > low ? 0 : 0.5)
      low *= Self.power(of2: -width)
      high *= Self.power(of2: width)
      if !(low > 0 && high.isFinite && low < high) { (low, high) = (1, 10) }
    case .linear:
      if axis.includesZero { (low, high) = (min(low, 0), max(high, 0)) }
      if !(low < high) {
        let half = max(low.magnitude * 0.05, 0.5)
        (low, high) = (low - half, high + half)
      }
      let width = (high - low) * margin
      // An axis that begins at 0 has nothing to show below it.
      low = axis.includesZero && low == 0 ? 0 : low - width
      high = axis.includesZero && high == 0 ? 0 : high + width
      if !(low.isFinite && high.isFinite && (high - low).isFinite && low < high) {
        (low, high) = (0, 1)
      }
    }
    range = low...high
  }

  /// 2 to a power, near enough for drawing.
  private static func power(of2 exponent: Double) -> Double {
    let whole = max(-1_000, min(1_000, exponent.rounded(.down)))
    let x = (exponent - whole) * 0.6931471805599453
    var (term, sum) = (1.0, 1.0)
    for i in 1...14 {
      term *= x / Double(i)
      sum += term
    }
    return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
  }

  /// Where a number is; `nil` where it cannot be shown.
  func position(_ value: Double) -> Double? {
    guard axis.shows(value) else { return nil }
    let share: Double
    switch axis.scale {
    case .linear:
      share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic:
      let low = range.lowerBound.portableLog2
      share = (value.portableLog2 - low) / (range.upperBound.portableLog2 - low)
    }
    // What is far outside stays far outside, in numbers that every reader of SVG knows.
    return start + max(-10, min(11, share)) * (end - start)
  }

  /// Whether a number is in what is shown.
  func contains(_ value: Double) -> Bool { axis.shows(value) && range.contains(value) }

  /// The numbers that are marked, with their texts.
  ///
  /// - Parameter limit: about how many there is room for, at least 2.
  func ticks(limit: Int) -> [(value: Double, text: String)] {
    if axis.scale == .logarithmic, let ticks = logarithmicTicks(limit: limit) { return ticks }
    return linearTicks(limit: limit)
  }

  private func linearTicks(limit: Int) -> [(value: Double, text: String)] {
    let percent = axis.unit == .percent ? 100.0 : 1
    let width = (range.upperBound - range.lowerBound) * percent
    let (step, exponent) = Self.niceStep(width / Double(max(2, limit)))
    let first = (range.lowerBound * percent / step).rounded(.up)
    let last = (range.upperBound * percent / step).rounded(.down)
    guard step > 0, step.isFinite, first.magnitude < 1e15, last - first < 100 else { return [] }
    return stride(from: first, through: last, by: 1).map { place in
      let value = place * step
      return (value / percent, text(value, exponent: exponent))
    }
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below a number, with its exponent.
  private static func niceStep(_ least: Double) -> (step: Double, exponent: Int) {
    guard least > 1e-300, least < 1e300 else { return (1, 0) }
    let exponent = Int((least.portableLog2 * Self.log10Of2).rounded(.down))
    let power = power(of10: exponent)
    for factor in [1.0, 2, 5] where factor * power >= least * 0.999_999 {
      return (factor * power, exponent)
    }
    return (10 * power, exponent + 1)
  }

  private static let log10Of2 = 0.3010299956639812

  private static func power(of10 exponent: Int) -> Double {
    // Parsed, so that it is the nearest to the power.
    Double("1e\(exponent)") ?? 1
  }

  /// A multiple of a power of ten, in as many digits as that power has.
  private func text(_ value: Double, exponent: Int) -> String {
    switch axis.unit {
    case .bytes:
      let units = [("TB", 12), ("GB", 9), ("MB", 6), ("kB", 3)]
      let greatest = max(range.lowerBound.magnitude, range.upperBound.magnitude)
      for (name, power) in units where greatest >= Self.power(of10: power) {
        let scaled = value / Self.power(of10: power)
        return scaled == 0
          ? "0" : NumberText.fixed(scaled, max(0, min(9, power - exponent))) + " \(name)"
      }
      return NumberText.fixed(value, max(0, min(9, -exponent))) + (value == 0 ? "" : " B")
    case .percent: return NumberText.fixed(value, max(0, min(9, -exponent))) + "%"
    case .number:
      if exponent < -6 || exponent > 6, value != 0 { return Self.short(value) }
      return exponent < 0
        ? NumberText.fixed(value, -exponent) : NumberText.grouped(Int(clamping: value))
    }
  }

  /// Powers of ten, and 2 and 5 times them where there is room; `nil` where a range has too few.
  private func logarithmicTicks(limit: Int) -> [(value: Double, text: String)]? {
    let first = Int((range.lowerBound.portableLog2 * Self.log10Of2).rounded(.down)) - 1
    let last = Int((range.upperBound.portableLog2 * Self.log10Of2).rounded(.up)) + 1
    for factors in [[1.0, 2, 5], [1.0, 3], [1.0]] {
      let values = (first...last).flatMap { exponent in
        factors.map { $0 * Self.power(of10: exponent) }
      }.filter { range.contains($0) }
      if values.count < 2 { return nil }
      if values.count <= limit + 1 { return values.map { ($0, logarithmicText($0)) } }
    }
    let powers = (first...last).filter { range.contains(Self.power(of10: $0)) }
    let stride = (powers.count + limit - 1) / max(1, limit)
    return powers.filter { $0.isMultiple(of: stride) }.map {
      let value = Self.power(of10: $0)
      return (value, logarithmicText(value))
    }
  }

  private func logarithmicText(_ value: Double) -> String {
    switch axis.unit {
    case .bytes:
      for (name, power) in [("TB", 12), ("GB", 9), ("MB", 6), ("kB", 3)]
      where value >= Self.power(of10: power) {
        return NumberText.trimmed(NumberText.fixed(value / Self.power(of10: power), 2)) + " \(name)"
      }
      return NumberText.trimmed(NumberText.fixed(value, 2)) + " B"
    case .percent: return Self.short(value * 100) + "%"
    case .number: return Self.short(value)
    }
  }

  /// A number of few digits: `0.01`, `200`, `5e-7`.
  private static func short(_ value: Double) -> String {
    let size = value.magnitude
    if size >= 1e-4, size < 1e6 {
      return size >= 1_000
        ? NumberText.grouped(Int(clamping: value)) : NumberText.trimmed(NumberText.fixed(value, 6))
    }
    let text = NumberText.scientific(value)
    guard let e = text.firstIndex(of: "e") else { return text }
    let exponent = Int(text[text.index(after: e)...]) ?? 0
    return NumberText.trimmed(String(text[..<e])) + "e\(exponent)"
  }
}
