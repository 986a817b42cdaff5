import TLC

/// Numbers as people read them, in no one's locale.
enum Format {
  /// " in int8", and nothing of the usual way to compute.
  static func way(_ compute: String) -> String {
    compute == Compute.f32.rawValue ? "" : " in \(compute)"
  }

  /// `17.6 MB`, in powers of ten.
  static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 999.5, unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(significant(value)) \(units[unit])"
  }

  /// Three significant digits of a number below 1,000.
  static func significant(_ value: Double) -> String {
    value < 9.995 ? fixed(value, 2) : value < 99.95 ? fixed(value, 1) : fixed(value, 0)
  }

  static func percent(_ share: Double) -> String { fixed(share * 100, 1) + "%" }

  /// A number with so many digits behind the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
    guard digits > 0 else { return "\(sign)\(whole)" }
    let tail = String(rest)
    return "\(sign)\(whole)." + String(repeating: "0", count: digits - tail.count) + tail
  }

  /// A small number with two significant digits and an exponent: `4.2e-03`.
  static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa < 0.9995 {
      mantissa *= 10
      exponent -= 1
    }
    while mantissa >= 9.995 {
      mantissa /= 10
      exponent += 1
    }
    let digits = String(exponent.magnitude)
    let sign = exponent < 0 ? "-" : "+"
    return "\(value < 0 ? "-" : "")\(fixed(mantissa, 2))e\(sign)"
      + (digits.count < 2 ? "0" : "") + digits
  }
}
