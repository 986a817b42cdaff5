internal import TLCCore
public import TLCKernels

/// The numbers from input 0 to before input 1, in steps of input 2.
public struct RangeOf: PlainOperator {
  public static let name = "Range"
  public static let inputCounts = 3...3
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let dtype = try inputs[0].dtype
    guard [.f32, .f64, .i16, .i32, .i64].contains(dtype) else {
      throw OperatorError("its inputs are \(dtype), not f32, f64, i16, i32 or i64")
    }
    var views: [TensorView] = []
    for place in 0..<3 {
      let input = try inputs[place]
      guard input.dtype == dtype, input.dimensions.product == 1 else {
        throw OperatorError("input \(place) is \(input), not one \(dtype)")
      }
      if let constant = inputs.optional(place)?.constant { views.append(TensorView(constant)) }
    }
    guard views.count == 3 else {
      return [ValueType(dtype, [Dimension(named: inputs.freshName(0, 0))])]
    }
    return [ValueType(dtype, [Dimension(try Self.count(views[0], views[1], views[2]))])]
  }

  /// ⌈(limit − start) / step⌉, from 0 to 2⁵³ − 1.
  private static func count(
    _ start: TensorView, _ limit: TensorView, _ step: TensorView
  ) throws(OperatorError) -> Int {
    let steps: Double
    if start.dtype.isFloatingPoint {
      steps = ((limit.number - start.number) / step.number).rounded(.up)
    } else {
      let (first, end) = (start.integerNumber, limit.integerNumber)
      let step = step.integerNumber
      guard step != 0 else { throw OperatorError("its step is 0") }
      let distance = Int128(end) - Int128(first)
      let (whole, rest) = distance.quotientAndRemainder(dividingBy: Int128(step))
      steps = Double(whole + (rest != 0 && (rest > 0) == (step > 0) ? 1 : 0))
    }
    guard !steps.isNaN, steps < 0x1p53 else {
      throw OperatorError("it has \(steps) elements, too many for a tensor")
    }
    return max(0, Int(max(0, steps)))
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let start = inputs[0], let step = inputs[2], let out = outputs[0] else { return }
    out.dtype.run(RangeWork(start: start, step: step, out: out))
  }
}

extension TensorView {
  /// The first element.
  fileprivate var number: Double {
    dtype == .f32 ? Double(elements(of: Float.self)[0]) : elements(of: Double.self)[0]
  }

  /// The first element.
  fileprivate var integerNumber: Int {
    dtype == .i16 ? Int(elements(of: Int16.self)[0]) : integers[0]
  }
}

/// start + 𝑖 · step.
private struct RangeWork: ElementWork {
  let start: TensorView
  let step: TensorView
  let out: TensorView

  func floating<Number: FloatingNumber>(_: Number.Type) {
    let elements = out.elements(of: Number.self)
    let (first, step) = (start.elements(of: Number.self)[0], step.elements(of: Number.self)[0])
    for i in elements.indices { elements[i] = first + Number(i) * step }
  }

  func integer<Number: IntegerNumber>(_: Number.Type) {
    let elements = out.elements(of: Number.self)
    let (first, step) = (start.elements(of: Number.self)[0], step.elements(of: Number.self)[0])
    for i in elements.indices { elements[i] = first &+ Number(truncatingIfNeeded: i) &* step }
  }
}
