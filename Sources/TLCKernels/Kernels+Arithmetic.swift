internal import CTLCKernels
public import TLCCore

extension Kernels {
  /// Arithmetic on two numbers, rounded once, and ``FloatFunctions/pow(_:_:)``; a NaN that it gives is
  /// ``FloatFunctions/nan``.
  public enum Arithmetic: CaseIterable, Sendable {
    /// 𝑥 + 𝑦.
    case add
    /// 𝑥 − 𝑦.
    case subtract
    /// 𝑥 · 𝑦.
    case multiply
    /// 𝑥 / 𝑦.
    case divide
    /// 𝑥 to the power of 𝑦.
    case power

    /// The definition.
    public func reference(_ x: Float, _ y: Float) -> Float {
      switch self {
      case .add: FloatFunctions.canonical(x + y)
      case .subtract: FloatFunctions.canonical(x - y)
      case .multiply: FloatFunctions.canonical(x * y)
      case .divide: FloatFunctions.canonical(x / y)
      case .power: FloatFunctions.pow(x, y)
      }
    }

    fileprivate var operation: tlc_operation {
      switch self {
      case .add: tlc_add
      case .subtract: tlc_subtract
      case .multiply: tlc_multiply
      case .divide: tlc_divide
      case .power: tlc_power
      }
    }
  }

  /// Sets `count` elements of `out`, from `place` on, to what pairs of elements give.
  ///
  /// - Parameters:
  ///   - arithmetic: what is done with a pair.
  ///   - count: how many elements to set.
  ///   - x: the first operands.
  ///   - xStart: the place of the first of them.
  ///   - xStep: how far apart they are: 1, or 0 to repeat one.
  ///   - y: the second operands.
  ///   - yStart: the place of the first of them.
  ///   - yStep: how far apart they are: 1, or 0 to repeat one.
  ///   - out: takes the results, one beside the other.
  ///   - place: the place of the first result.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
  /// - Precondition: the elements exist; `x` and `y` may be the same memory as `out` where their step
  ///   is 1, not overlap otherwise.
  public static func combine(
    _ arithmetic: Arithmetic, _ count: Int, _ x: Elements<Float>, from xStart: Int,
    step xStep: Int, _ y: Elements<Float>, from yStart: Int, step yStep: Int,
    into out: Elements<Float>, at place: Int, on instructions: InstructionSet = .best
  ) {
    guard count > 0 else { return }
    precondition((0...1).contains(xStep) && (0...1).contains(yStep), "steps \(xStep), \(yStep)")
    x.require(line: count, from: xStart, step: xStep)
    y.require(line: count, from: yStart, step: yStep)
    out.require(line: count, from: place, step: 1)
    // SAFETY: all three lines exist.
    unsafe tlc_combine_f32(
      instructions.isa, arithmetic.operation, count, x.memory + xStart, xStep, y.memory + yStart,
      yStep, out.memory + place)
  }
}
