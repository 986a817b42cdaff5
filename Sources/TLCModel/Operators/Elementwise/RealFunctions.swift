internal import TLCCore

/// The magnitude.
public struct Abs: NumberFunction {
  public static let name = "Abs"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number { x.magnitude }
  public static func apply<Number: IntegerNumber>(_ x: Number) -> Number { x < 0 ? 0 &- x : x }
}

/// The number with the other sign.
public struct Neg: NumberFunction {
  public static let name = "Neg"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number { -x }
  public static func apply<Number: IntegerNumber>(_ x: Number) -> Number { 0 &- x }
}

/// 1 above 0, −1 below, else the number.
public struct Sign: NumberFunction {
  public static let name = "Sign"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number {
    x > 0 ? 1 : x < 0 ? -1 : x
  }
  public static func apply<Number: IntegerNumber>(_ x: Number) -> Number {
    x > 0 ? 1 : x < 0 ? 0 &- 1 : 0
  }
}

/// 0 below 0, else the number: −0 and NaNs stay.
public struct Relu: NumberFunction {
  public static let name = "Relu"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number { x < 0 ? 0 : x }
  public static func apply<Number: IntegerNumber>(_ x: Number) -> Number { x < 0 ? 0 : x }
}

/// The integer below.
public struct Floor: RealFunction {
  public static let name = "Floor"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number { x.rounded(.down) }
}

/// The integer above.
public struct Ceil: RealFunction {
  public static let name = "Ceil"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number { x.rounded(.up) }
}

/// The nearest integer, of two the even one.
public struct Round: RealFunction {
  public static let name = "Round"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number {
    x.rounded(.toNearestOrEven)
  }
}

/// The square root.
public struct Sqrt: RealFunction {
  public static let name = "Sqrt"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number { x.squareRoot() }
}

/// 1 / 𝑥.
public struct Reciprocal: RealFunction {
  public static let name = "Reciprocal"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ x: Number) -> Number { 1 / x }
}
