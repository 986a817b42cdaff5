/// Numbers as people read them, in no one's locale.
public enum NumberText {
  /// `17.6 MB`, in powers of ten.
  public static func bytes(_ count: Int) -> String {
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
  public static func significant(_ value: Double) -> String {
    value < 9.995 ? fixed(value, 2) : value < 99.95 ? fixed(value, 1) : fixed(value, 0)
  }

  /// `12.5%` of 0.125.
  public static func percent(_ share: Double) -> String { fixed(share * 100, 1) + "%" }

  /// A number with so many digits behind the point.
  public static func fixed(_ value: Double, _ digits: Int) -> String {
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
  public static func scientific(_ value: Double) -> String {
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

extension NumberText {
  /// A number in about four significant digits, as short as it can be: `0.9987`, `12`, `3.4e-06`.
  public static func general(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
    let size = value.magnitude
    if size < 1e-4 || size >= 1e7 { return scientific(value) }
    if size >= 1_000 { return grouped(fixed(value, 0)) }
    let text = fixed(value, size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : size >= 0.1 ? 4 : 6)
    return trimmed(text)
  }

  /// Digits in groups of three: `22 713 216`, with narrow spaces.
  public static func grouped(_ count: Int) -> String { grouped(String(count)) }

  private static func grouped(_ digits: String) -> String {
    let sign = digits.hasPrefix("-") ? "-" : ""
    let plain = Array(digits.dropFirst(sign.count))
    var grouped = ""
    for (place, digit) in plain.enumerated() {
      if place > 0, (plain.count - place).isMultiple(of: 3), plain.count > 4 {
        grouped += "\u{202F}"
      }
      grouped.append(digit)
    }
    return sign + grouped
  }

  /// Without zeros at the end of a fraction.
  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
