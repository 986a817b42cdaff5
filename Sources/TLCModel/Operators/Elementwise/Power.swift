internal import TLCCore
public import TLCKernels

/// Input 0 to the power of input 1, in the type of input 0, with broadcasting:
/// `formats/numbers.md`.
public struct Pow: PlainOperator {
  public static let name = "Pow"
  public static let inputCounts = 2...2
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let (base, exponent) = (try inputs[0], try inputs[1])
    guard base.dtype.isFloatingPoint || base.dtype == .i32 || base.dtype == .i64 else {
      throw OperatorError("input 0 is \(base.dtype), not i32, i64 or of a floating-point type")
    }
    guard exponent.dtype != .bool else { throw OperatorError("input 1 is bool, not of numbers") }
    let dimensions = try Broadcasting.dimensions([base.dimensions, exponent.dimensions])
    return [ValueType(base.dtype, dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let base = inputs[0], var exponent = inputs[1], let out = outputs[0] else { return }
      // Of a float the exponent is one too; of an integer it is i64, or else f64.
      let type: DType =
        base.dtype.isFloatingPoint ? base.dtype : exponent.dtype.isFloatingPoint ? .f64 : .i64
      if exponent.dtype != type {
        let converted = TensorView(zeros: type, exponent.shape)
        exponent.convert(to: converted, context)
        exponent = converted
      }
      base.dtype.run(PowerWork(base: base, exponent: exponent, out: out, context: context))
    }
  }
}

private struct PowerWork: ElementWork {
  let base: TensorView
  let exponent: TensorView
  let out: TensorView
  let context: EvaluationContext

  func floating<Number: FloatingNumber>(_: Number.Type) {
    if Number.self == Float.self {
      Elementwise.binary(base, exponent, out, Float.self, Float.self, Float.self, context) {
        $0.combine(.power)
      }
    } else {
      Elementwise.binary(base, exponent, out, Double.self, Double.self, Double.self, context) {
        $0.map {
          DoubleFunctions.pow($0, $1)
        }
      }
    }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    if exponent.dtype == .i64 {
      Elementwise.binary(base, exponent, out, Number.self, Int64.self, Number.self, context) {
        $0.map {
          $0.power($1)
        }
      }
    } else {
      Elementwise.binary(base, exponent, out, Number.self, Double.self, Number.self, context) {
        $0.map {
          let whole = Int64(holding: $1)
          if Double(whole) == $1 { return $0.power(whole) }
          return Number(holding: DoubleFunctions.pow($0.double, $1))
        }
      }
    }
  }
}

extension FixedWidthInteger {
  /// The product of `exponent` factors, which wraps around; below 0 what is left of its reciprocal
  /// without a fraction, and 0 of 0.
  fileprivate func power(_ exponent: Int64) -> Self {
    guard exponent >= 0 else {
      if self == 1 { return 1 }
      return self == 0 &- 1 ? (exponent & 1 == 0 ? 1 : self) : 0
    }
    var (result, square, rest): (Self, Self, Int64) = (1, self, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* square }
      square = square &* square
      rest >>= 1
    }
    return result
  }
}
