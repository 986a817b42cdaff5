/// The functions of `formats/numbers.md`: polynomials whose bits are the same everywhere.
///
/// Errors are the greatest found over all arguments, in units in the last place of the result.
/// Every NaN that comes out is ``nan``.
public enum FloatFunctions {
  /// The one NaN that operators give.
  public static let nan = Float(bitPattern: 0x7FC0_0000)

  /// 𝑒ˣ, within 1.02 ulp; results below the least normal number are rounded once more.
  public static func exp(_ x: Float) -> Float {
    guard !x.isNaN else { return nan }
    let (power, tail) = reduced(min(max(x, -104), 89))
    let half = power >> 1
    return (tail + 1) * twoToThe(half) * twoToThe(power - half)
  }

  /// 𝑛 and 𝑒ʳ − 1, for 𝑥 = 𝑛 · ln 2 + 𝑟 from −104 to 89, with |𝑟| at most about ½ ln 2.
  @inline(__always)
  private static func reduced(_ x: Float) -> (power: Int32, tail: Float) {
    // Added and taken away, it rounds to an integer, to nearest even.
    let rounder: Float = 0x1.8p23
    let n = rounder.addingProduct(x, 0x1.715476p+0) - rounder
    let r = x.addingProduct(n, -0x1.62e4p-1).addingProduct(n, -0x1.7f7d1cp-20)
    var q: Float = 0x1.6a4f52p-10
    q = Float(0x1.12397cp-7).addingProduct(q, r)
    q = Float(0x1.5558aep-5).addingProduct(q, r)
    q = Float(0x1.555492p-3).addingProduct(q, r)
    q = Float(0x1.fffffcp-2).addingProduct(q, r)
    return (Int32(n), r.addingProduct(r * r, q))
  }

  /// 𝑒ˣ − 1, without cancellation where 𝑥 is near 0; within 1.68 ulp for 𝑥 ≤ 0.
  public static func expMinusOne(_ x: Float) -> Float {
    guard !x.isNaN else { return nan }
    return abs(x) < 0x1.6p-2 ? reduced(x).tail : exp(x) - 1
  }

  /// 2ⁿ, for −126 ≤ n ≤ 127.
  private static func twoToThe(_ n: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: (n + 127) << 23))
  }

  /// ln 𝑥, within 0.81 ulp; −∞ of ±0, and NaN of what is less.
  public static func log(_ x: Float) -> Float {
    guard x >= 0 || x.isZero else { return nan }
    guard !x.isZero else { return -.infinity }
    guard x != .infinity else { return x }
    let isSubnormal = x < .leastNormalMagnitude
    let bits = (isSubnormal ? x * 0x1p23 : x).bitPattern
    // 𝑥 = 2ᵉ · (1 + 𝑓), with 1 + 𝑓 from √½ to √2.
    let e = Int32(bitPattern: bits &- 0x3F35_04F3) >> 23
    let f = Float(bitPattern: bits &- UInt32(bitPattern: e << 23)) - 1
    let k = Float(e) + (isSubnormal ? -23 : 0)
    var q: Float = 0x1.1484e8p-4
    q = Float(-0x1.de1004p-4).addingProduct(q, f)
    q = Float(0x1.e6c03ep-4).addingProduct(q, f)
    q = Float(-0x1.fc26acp-4).addingProduct(q, f)
    q = Float(0x1.233b78p-3).addingProduct(q, f)
    q = Float(-0x1.555c4ep-3).addingProduct(q, f)
    q = Float(0x1.99a478p-3).addingProduct(q, f)
    q = Float(-0x1.000006p-2).addingProduct(q, f)
    q = Float(0x1.555548p-2).addingProduct(q, f)
    let square = f * f
    let low = (k * 0x1.7f7d1cp-20).addingProduct(square * f, q).addingProduct(square, -0.5)
    return (low + f).addingProduct(k, 0x1.62e4p-1)
  }

  /// The hyperbolic tangent, within 1.34 ulp.
  public static func tanh(_ x: Float) -> Float {
    guard !x.isNaN else { return nan }
    let a = abs(x)
    let y: Float
    if a < 0.625 {
      let s = a * a
      var q: Float = -0x1.7574f8p-8
      q = Float(0x1.520c26p-6).addingProduct(q, s)
      q = Float(-0x1.b837e0p-5).addingProduct(q, s)
      q = Float(0x1.110700p-3).addingProduct(q, s)
      q = Float(-0x1.555532p-2).addingProduct(q, s)
      y = a.addingProduct(a * s, q)
    } else {
      y = 1 - 2 / (exp(a + a) + 1)
    }
    return Float(signOf: x, magnitudeOf: y)
  }

  /// The error function, within 1.06 ulp.
  public static func erf(_ x: Float) -> Float {
    guard !x.isNaN else { return nan }
    let a = abs(x)
    return Float(signOf: x, magnitudeOf: a < 1 ? smallErf(a) : 1 - complementaryErf(a))
  }

  /// erf 𝑎 for 𝑎 in 0..<1.
  private static func smallErf(_ a: Float) -> Float {
    let s = a * a
    var q: Float = 0x1.4771fcp-14
    q = Float(-0x1.a3515ep-11).addingProduct(q, s)
    q = Float(0x1.53f224p-8).addingProduct(q, s)
    q = Float(-0x1.b7f71ap-6).addingProduct(q, s)
    q = Float(0x1.ce2ce6p-4).addingProduct(q, s)
    q = Float(-0x1.81273ep-2).addingProduct(q, s)
    q = Float(0x1.06eba8p-3).addingProduct(q, s)
    return a.addingProduct(a, q)
  }

  /// 1 − erf 𝑎 for 𝑎 from 1 to 4; above, what it is at 4.
  private static func complementaryErf(_ a: Float) -> Float {
    let b = min(a, 4)
    var q: Float = 0x1.e8f546p-19
    q = Float(-0x1.ef126ep-16).addingProduct(q, b)
    q = Float(-0x1.173998p-13).addingProduct(q, b)
    q = Float(0x1.9efda6p-9).addingProduct(q, b)
    q = Float(-0x1.79e69ap-6).addingProduct(q, b)
    q = Float(0x1.b0b708p-4).addingProduct(q, b)
    q = Float(0x1.455644p-1).addingProduct(q, b)
    q = Float(0x1.20ebb4p+0).addingProduct(q, b)
    return exp(-(b * q))
  }

  /// 1 / (1 + 𝑒⁻ˣ).
  public static func sigmoid(_ x: Float) -> Float {
    guard !x.isNaN else { return nan }
    let z = exp(-abs(x))
    return (x < 0 ? z : 1) / (1 + z)
  }

  /// ½𝑥 · (1 + erf(𝑥 / √2)); of less than −4√2, −0.
  public static func gelu(_ x: Float) -> Float {
    guard !x.isNaN else { return nan }
    let t = x * 0x1.6a09e6p-1
    let a = abs(t)
    let half = 0.5 * x
    if a < 1 { return half * (1 + Float(signOf: x, magnitudeOf: smallErf(a))) }
    guard a < 4 else { return x > 0 ? x : -0.0 }
    let c = complementaryErf(a)
    return half * (x < 0 ? c : 2 - c)
  }

  /// ½𝑥 · (1 + tanh(√(2/π) · (𝑥 + 0.044715 𝑥³))).
  public static func geluTanh(_ x: Float) -> Float {
    guard !x.isNaN else { return nan }
    let inner = 0x1.988454p-1 * x.addingProduct(0.044715 * x * x, x)
    // 1 + tanh 𝑢 = 2 · sigmoid 2𝑢, without cancellation.
    let result = x * sigmoid(inner + inner)
    return result.isNaN ? (x < 0 ? -0.0 : x) : result
  }

  /// 𝑥 / (1 + 𝑒⁻ˣ).
  public static func swish(_ x: Float) -> Float { canonical(x * sigmoid(x)) }

  /// ln(1 + 𝑒ˣ).
  public static func softplus(_ x: Float) -> Float {
    guard !x.isNaN else { return nan }
    let z = exp(-abs(x))
    let u = 1 + z
    return max(x, 0) + (log(u) + (z - (u - 1)) / u)
  }

  /// 𝑥 · tanh(softplus(𝑥)).
  public static func mish(_ x: Float) -> Float { canonical(x * tanh(softplus(x))) }

  /// 𝑥ʸ: products and roots where 𝑦 is 1, 2, 3, ½, 0, −½ or −1; else through logarithms in float64.
  public static func pow(_ x: Float, _ y: Float) -> Float {
    switch y {
    case 0: return 1
    case 1: return x.isNaN ? nan : x
    case 2: return canonical(x * x)
    case 3: return canonical(x * x * x)
    case 0.5 where x >= 0: return x.squareRoot()
    case -0.5 where x >= 0: return 1 / x.squareRoot()
    case -1: return canonical(1 / x)
    default: return canonical(Float(DoubleFunctions.pow(Double(x), Double(y))))
    }
  }

  /// The number, or ``nan`` for any NaN.
  @inline(__always)
  public static func canonical(_ x: Float) -> Float { x.isNaN ? nan : x }
}

extension Float {
  @inline(__always)
  fileprivate init(signOf sign: Float, magnitudeOf magnitude: Float) {
    self.init(
      bitPattern: sign.bitPattern & 0x8000_0000 | magnitude.bitPattern & 0x7FFF_FFFF)
  }
}
