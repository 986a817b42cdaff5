internal import TLCCore
public import TLCKernels

/// An operator on one or more tensors of one type, with broadcasting: of the first two, then of the
/// result and the third, and so on.
public protocol Variadic: Operator {
  /// What two tensors are taken together with.
  associatedtype Step: BinaryArithmetic
  /// Whether integers can be taken too.
  static var takesIntegers: Bool { get }
  /// Whether the result is divided by the number of inputs.
  static var isMean: Bool { get }
}

extension Variadic {
  public static var inputCounts: ClosedRange<Int> { 1...65_536 }
  public static var isMean: Bool { false }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let first = try inputs[0]
    guard first.dtype.isFloatingPoint || (Self.takesIntegers && first.dtype != .bool) else {
      throw OperatorError(
        "input 0 is \(first.dtype), not of \(Self.takesIntegers ? "numbers" : "a floating-point type")"
      )
    }
    var dimensions: [[Dimension]] = []
    for place in 0..<inputs.count {
      let input = try inputs[place]
      guard input.dtype == first.dtype else {
        throw OperatorError("input \(place) is \(input.dtype), and input 0 \(first.dtype)")
      }
      dimensions.append(input.dimensions)
    }
    return [ValueType(first.dtype, try Broadcasting.dimensions(dimensions))]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    try Widening.run(inputs, into: outputs) { inputs, outputs in
      guard let first = inputs[0], let out = outputs[0] else { return }
      Movement.gather(
        first, strides: Broadcasting.strides(of: first.shape, in: out.shape), into: out, context)
      func take<Operation: BinaryArithmetic>(_: Operation.Type, _ input: TensorView) {
        out.dtype.run(ArithmeticWork<Operation>(a: out, b: input, out: out, context: context))
      }
      for input in inputs.dropFirst() {
        if let input { take(Step.self, input) }
      }
      if Self.isMean {
        let count = TensorView(zeros: out.dtype, .scalar)
        if out.dtype == .f64 {
          count.elements(of: Double.self)[0] = Double(inputs.count)
        } else {
          count.elements(of: Float.self)[0] = Float(inputs.count)
        }
        take(Div.self, count)
      }
    }
  }
}

/// The sum of the inputs.
public struct Sum: Variadic, PlainOperator {
  public static let name = "Sum"
  public static let takesIntegers = false
  public typealias Step = Add
  public init() {}
}

/// The sum of the inputs, divided by their number.
public struct Mean: Variadic, PlainOperator {
  public static let name = "Mean"
  public static let takesIntegers = false
  public static let isMean = true
  public typealias Step = Add
  public init() {}
}

/// The greatest of the inputs: ``Greatest``.
public struct Max: Variadic, PlainOperator {
  public static let name = "Max"
  public static let takesIntegers = true
  public typealias Step = Greatest
  public init() {}
}

/// The least of the inputs: ``Least``.
public struct Min: Variadic, PlainOperator {
  public static let name = "Min"
  public static let takesIntegers = true
  public typealias Step = Least
  public init() {}
}

/// IEEE 754's maximum: a NaN where one is one, and +0 above −0.
public struct Greatest: BinaryArithmetic {
  public static let name = "Max"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    if a == b { return a.sign == .minus ? b : a }
    return a > b ? a : a < b ? b : .nan
  }
  public static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number {
    a > b ? a : b
  }
}

/// IEEE 754's minimum: a NaN where one is one, and −0 below +0.
public struct Least: BinaryArithmetic {
  public static let name = "Min"
  public init() {}
  public static func apply<Number: FloatingNumber>(_ a: Number, _ b: Number) -> Number {
    if a == b { return a.sign == .minus ? a : b }
    return a < b ? a : a > b ? b : .nan
  }
  public static func apply<Number: IntegerNumber>(_ a: Number, _ b: Number) -> Number {
    a < b ? a : b
  }
}
