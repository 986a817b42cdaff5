public import TLCKernels

/// 𝑒ˣ.
public struct Exp: FloatFunction, PlainOperator {
  public static let name = "Exp"
  public init() {}
  public var kernel: Kernels.Function? { .exp }
  public var wide: (@Sendable (Double) -> Double)? { { DoubleFunctions.exp($0) } }
  public func apply(_ x: Float) -> Float { FloatFunctions.exp(x) }
}

/// The natural logarithm.
public struct Log: FloatFunction, PlainOperator {
  public static let name = "Log"
  public init() {}
  public var kernel: Kernels.Function? { .log }
  public var wide: (@Sendable (Double) -> Double)? { { DoubleFunctions.log($0) } }
  public func apply(_ x: Float) -> Float { FloatFunctions.log(x) }
}

/// The hyperbolic tangent.
public struct Tanh: FloatFunction, PlainOperator {
  public static let name = "Tanh"
  public init() {}
  public var kernel: Kernels.Function? { .tanh }
  public func apply(_ x: Float) -> Float { FloatFunctions.tanh(x) }
}

/// The error function.
public struct Erf: FloatFunction, PlainOperator {
  public static let name = "Erf"
  public init() {}
  public var kernel: Kernels.Function? { .erf }
  public func apply(_ x: Float) -> Float { FloatFunctions.erf(x) }
}

/// 1 / (1 + 𝑒⁻ˣ).
public struct Sigmoid: FloatFunction, PlainOperator {
  public static let name = "Sigmoid"
  public init() {}
  public var kernel: Kernels.Function? { .sigmoid }
  public func apply(_ x: Float) -> Float { FloatFunctions.sigmoid(x) }
}

/// ln(1 + 𝑒ˣ).
public struct Softplus: FloatFunction, PlainOperator {
  public static let name = "Softplus"
  public init() {}
  public var kernel: Kernels.Function? { .softplus }
  public func apply(_ x: Float) -> Float { FloatFunctions.softplus(x) }
}

/// 𝑥 / (1 + |𝑥|).
public struct Softsign: FloatFunction, PlainOperator {
  public static let name = "Softsign"
  public init() {}
  public func apply(_ x: Float) -> Float { FloatFunctions.canonical(x / (1 + abs(x))) }
}

/// 𝑥 · tanh(softplus(𝑥)).
public struct Mish: FloatFunction, PlainOperator {
  public static let name = "Mish"
  public init() {}
  public var kernel: Kernels.Function? { .mish }
  public func apply(_ x: Float) -> Float { FloatFunctions.mish(x) }
}

/// ½𝑥 · (1 + erf(𝑥 / √2)), or with tanh.
public struct Gelu: FloatFunction {
  public static let name = "Gelu"

  enum Approximation: String, CaseIterable { case none, tanh }
  private let approximation: Approximation

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    approximation = try attributes.choice("approximate", default: .none)
  }

  public var kernel: Kernels.Function? { approximation == .none ? .gelu : .geluTanh }

  public func apply(_ x: Float) -> Float {
    switch approximation {
    case .none: FloatFunctions.gelu(x)
    case .tanh: FloatFunctions.geluTanh(x)
    }
  }
}

/// 𝑥 · sigmoid(𝛼𝑥).
public struct Swish: FloatFunction {
  public static let name = "Swish"
  private let alpha: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    alpha = try attributes.float("alpha") ?? 1
  }

  public var kernel: Kernels.Function? { alpha == 1 ? .swish : nil }

  public func apply(_ x: Float) -> Float {
    FloatFunctions.canonical(x * FloatFunctions.sigmoid(alpha * x))
  }
}
