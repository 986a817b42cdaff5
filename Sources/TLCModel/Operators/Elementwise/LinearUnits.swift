public import TLCKernels

/// 𝑥 from 0 on, 𝛼𝑥 below.
public struct LeakyRelu: FloatFunction {
  public static let name = "LeakyRelu"
  private let alpha: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    alpha = try attributes.float("alpha") ?? 0.01
  }

  public func apply(_ x: Float) -> Float { x < 0 ? alpha * x : x }
}

/// 𝑥 above 𝛼, else 0.
public struct ThresholdedRelu: FloatFunction {
  public static let name = "ThresholdedRelu"
  private let alpha: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    alpha = try attributes.float("alpha") ?? 1
  }

  public func apply(_ x: Float) -> Float { x > alpha ? x : x.isNaN ? x : 0 }
}

/// An operator that an `ExponentialUnit` is.
public protocol ExponentialUnitOperator: FloatFunction {
  /// Its definition.
  var unit: ExponentialUnit { get }
}

extension ExponentialUnitOperator {
  public var kernel: Kernels.Function? { .exponentialUnit(unit) }
  public func apply(_ x: Float) -> Float { unit.apply(x) }
}

/// 𝑥 from 0 on, 𝛼(𝑒ˣ − 1) below.
public struct Elu: ExponentialUnitOperator {
  public static let name = "Elu"
  /// Its definition.
  public let unit: ExponentialUnit

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    unit = .elu(alpha: try attributes.float("alpha") ?? 1)
  }
}

/// 𝛾𝑥 from 0 on, 𝛾𝛼(𝑒ˣ − 1) below.
public struct Selu: ExponentialUnitOperator {
  public static let name = "Selu"
  /// Its definition.
  public let unit: ExponentialUnit

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    unit = .selu(
      alpha: try attributes.float("alpha") ?? 0x1.ac5c36p+0,
      gamma: try attributes.float("gamma") ?? 0x1.0cfac4p+0)
  }
}

/// 𝑥 from 0 on, 𝛼(exp(𝑥 / 𝛼) − 1) below.
public struct Celu: ExponentialUnitOperator {
  public static let name = "Celu"
  /// Its definition.
  public let unit: ExponentialUnit

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    let alpha = try attributes.float("alpha") ?? 1
    guard alpha > 0 else {
      throw OperatorError("attribute \"alpha\" is \(alpha), not above 0")
    }
    unit = .celu(alpha: alpha)
  }
}

/// 𝛼𝑥 + 𝛽, held to 0…1.
public struct HardSigmoid: FloatFunction {
  public static let name = "HardSigmoid"
  private let alpha: Float
  private let beta: Float

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    alpha = try attributes.float("alpha") ?? 0.2
    beta = try attributes.float("beta") ?? 0.5
  }

  /// Of a NaN it is a NaN.
  static func apply(_ x: Float, alpha: Float, beta: Float) -> Float {
    let y = alpha * x + beta
    return y < 0 ? 0 : y > 1 ? 1 : y
  }

  public func apply(_ x: Float) -> Float { Self.apply(x, alpha: alpha, beta: beta) }
}

/// 𝑥 · (𝑥 / 6 + ½, held to 0…1).
public struct HardSwish: FloatFunction, PlainOperator {
  public static let name = "HardSwish"
  public init() {}
  public func apply(_ x: Float) -> Float { x * HardSigmoid.apply(x, alpha: 1 / 6, beta: 0.5) }
}
