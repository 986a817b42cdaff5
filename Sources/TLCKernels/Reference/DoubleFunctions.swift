/// Functions of float64 that have the same bits everywhere, for what float32 is too narrow for.
public enum DoubleFunctions {
  /// 𝑥ʸ as IEEE 754 defines it, within 10⁻¹³ of the value where it is finite.
  public static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return .nan }
    let isInteger = y == y.rounded(.towardZero)
    let isOdd = isInteger && abs(y) < 0x1p53 && y.truncatingRemainder(dividingBy: 2) != 0
    if y.isInfinite {
      if abs(x) == 1 { return 1 }
      return (abs(x) > 1) == (y > 0) ? .infinity : 0
    }
    if x == 0 || x.isInfinite {
      let magnitude: Double = (x == 0) == (y > 0) ? 0 : .infinity
      return isOdd && x.sign == .minus ? -magnitude : magnitude
    }
    if x < 0, !isInteger { return .nan }
    let magnitude = exp2(y * log2(abs(x)))
    return isOdd && x < 0 ? -magnitude : magnitude
  }

  /// The binary logarithm of a positive finite number.
  public static func log2(_ x: Double) -> Double {
    var m = x.significand
    var e = Double(x.exponent)
    if m > 1.4142135623730951 {
      m /= 2
      e += 1
    }
    // ln 𝑚 = 2 artanh((𝑚 − 1) / (𝑚 + 1)), a series in at most 0.1716² = 0.0295.
    let s = (m - 1) / (m + 1)
    let s2 = s * s
    var sum = 0.0
    for odd in stride(from: 21.0, through: 1.0, by: -2.0) { sum = sum * s2 + 1 / odd }
    return e + 2 * s * sum * 1.4426950408889634
  }

  /// 𝑒ˣ, within 10⁻¹³ of the value.
  public static func exp(_ x: Double) -> Double { x.isNaN ? .nan : exp2(x * 1.4426950408889634) }

  /// ln 𝑥; −∞ of ±0, and NaN of what is less.
  public static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    return x == .infinity ? x : log2(x) * 0.6931471805599453
  }

  /// 2ˣ; 0 and ∞ beyond what float64 holds.
  public static func exp2(_ x: Double) -> Double {
    if x > 1_100 { return .infinity }
    if x < -1_200 { return 0 }
    let n = x.rounded(.toNearestOrEven)
    let r = (x - n) * 0.6931471805599453
    // The series of 𝑒ʳ, |𝑟| ≤ 0.347.
    var sum = 1.0
    for k in stride(from: 14.0, through: 1.0, by: -1.0) { sum = 1 + sum * r / k }
    let half = (n / 2).rounded(.down)
    return sum * Double(sign: .plus, exponent: Int(half), significand: 1)
      * Double(sign: .plus, exponent: Int(n - half), significand: 1)
  }
}
