/// 𝛾𝑥 from 0 on, 𝛾𝛼(exp(𝑥 / divisor) − 1) below: `Elu`, `Selu` and `Celu` of `formats/numbers.md`.
public struct ExponentialUnit: Hashable, Sendable {
  /// What 𝑥 is divided by.
  public let divisor: Float
  /// How far below 0 it goes at most.
  public let alpha: Float
  /// What all is multiplied by.
  public let gamma: Float

  private init(divisor: Float, alpha: Float, gamma: Float) {
    self.divisor = divisor
    self.alpha = alpha
    self.gamma = gamma
  }

  /// `Elu`.
  public static func elu(alpha: Float) -> ExponentialUnit {
    ExponentialUnit(divisor: 1, alpha: alpha, gamma: 1)
  }

  /// `Selu`.
  public static func selu(alpha: Float, gamma: Float) -> ExponentialUnit {
    ExponentialUnit(divisor: 1, alpha: alpha, gamma: gamma)
  }

  /// `Celu`.
  public static func celu(alpha: Float) -> ExponentialUnit {
    ExponentialUnit(divisor: alpha, alpha: alpha, gamma: 1)
  }

  /// The definition. Multiplied and divided by 1, a number is what it was.
  public func apply(_ x: Float) -> Float {
    FloatFunctions.canonical(
      gamma * (x < 0 ? alpha * FloatFunctions.expMinusOne(x / divisor) : x))
  }
}
