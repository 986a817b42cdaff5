internal import TLCCore
public import TLCKernels

/// 𝑥 / scale, rounded to nearest even, plus the zero point, held to what the integers have.
public struct QuantizeLinear: Operator {
  public static let name = "QuantizeLinear"
  public static let inputCounts = 2...3
  private let scale: QuantizationScale
  private let type: DType?

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    scale = try QuantizationScale(&attributes)
    type = try attributes.optionalElementType("output_dtype")
    // It speaks of types that are not here.
    _ = try attributes.flag("saturate", default: true)
    guard [0, 1].contains(try attributes.int("precision") ?? 0) else {
      throw OperatorError("attribute \"precision\" is not that of float32")
    }
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype == .i32 || input.dtype != .f64 && input.dtype.isFloatingPoint else {
      throw OperatorError("input 0 is \(input.dtype), not f32, f16, bf16 or i32")
    }
    try scale.require(inputs)
    let zeroType = inputs.optional(2)?.type.dtype
    guard zeroType == nil || type == nil || zeroType == type else {
      throw OperatorError("input 2 and attribute \"output_dtype\" are of different types")
    }
    let dtype = zeroType ?? type ?? .u8
    guard [.u8, .i8, .u16, .i16].contains(dtype) else {
      throw OperatorError("its output would be \(dtype), not u8, i8, u16 or i16")
    }
    return [ValueType(dtype, input.dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let scales = inputs[1]?.asFloats, let out = outputs[0] else {
      return
    }
    let zeros = inputs.count > 2 ? inputs[2]?.asFloats : nil
    let x = input.asFloats
    let sums = TensorView(zeros: .f32, out.shape)
    let y = sums.elements(of: Float.self)
    try scale.forEach(of: out.shape, scaleCount: scales.count) { i, place in
      y[i] = (x[i] / scales[place]).rounded(.toNearestOrEven) + (zeros?[place] ?? 0)
    }
    // Casting holds them to what there is.
    sums.convert(to: out, context)
  }
}

extension Attributes {
  /// An element type; 0 is none.
  fileprivate mutating func optionalElementType(_ name: String) throws(OperatorError) -> DType? {
    try int(name) == 0 ? nil : try elementType(name)
  }
}

/// (𝑥 − zero point) · scale.
public struct DequantizeLinear: Operator {
  public static let name = "DequantizeLinear"
  public static let inputCounts = 2...3
  private let scale: QuantizationScale
  private let type: DType?

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    scale = try QuantizationScale(&attributes)
    type = try attributes.optionalElementType("output_dtype")
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard [.u8, .i8, .u16, .i16, .i32].contains(input.dtype) else {
      throw OperatorError("input 0 is \(input.dtype), not u8, i8, u16, i16 or i32")
    }
    try scale.require(inputs)
    if let zero = inputs.optional(2)?.type, zero.dtype != input.dtype {
      throw OperatorError("inputs 0 and 2 are \(input.dtype) and \(zero.dtype), not of one type")
    }
    let scaleType = try inputs[1].dtype
    let result = ValueType(type ?? scaleType, input.dimensions)
    try result.requireComputedAsFloat()
    return [result]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    let zeros = inputs.count > 2 ? inputs[2]?.wholes : nil
    let scales = inputs[1]?.asFloats
    let x = inputs[0]?.wholes
    try Widening.run([], into: outputs) { _, outputs throws(OperatorError) in
      guard let x, let scales, let out = outputs[0] else { return }
      let y = out.elements(of: Float.self)
      try scale.forEach(of: out.shape, scaleCount: scales.count) { i, place in
        y[i] = Float(x[i] - (zeros?[place] ?? 0)) * scales[place]
      }
    }
  }
}

extension TensorView {
  /// The elements of a tensor of integers of at most 32 bits.
  fileprivate var wholes: Elements<Int64> {
    let converted = TensorView(zeros: .i64, shape)
    convert(to: converted, EvaluationContext())
    return converted.elements(of: Int64.self)
  }
}

/// Quantizes to `u8`, with a scale and a zero point that the elements and 0 just fit.
public struct DynamicQuantizeLinear: PlainOperator {
  public static let name = "DynamicQuantizeLinear"
  public static let inputCounts = 1...1
  public static let outputCounts = 3...3
  public init() {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype == .f32 else { throw OperatorError("its input is \(input.dtype), not f32") }
    return [ValueType(.u8, input.dimensions), ValueType(.f32, []), ValueType(.u8, [])]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let x = inputs[0]?.elements(of: Float.self) else { return }
    let row = Row(elements: x, start: 0, count: x.count)
    let (least, most) = (Least.apply(row.least, 0), Greatest.apply(row.greatest, 0))
    let scale = (most - least) / 255
    let zero = Float(UInt8(holding: Double((-least / scale).rounded(.toNearestOrEven))))
    outputs[1]?.elements(of: Float.self)[0] = scale
    outputs[2]?.elements(of: UInt8.self)[0] = UInt8(zero)
    guard let y = outputs[0]?.elements(of: UInt8.self) else { return }
    for i in x.indices {
      y[i] = UInt8(holding: Double((x[i] / scale).rounded(.toNearestOrEven) + zero))
    }
  }
}
