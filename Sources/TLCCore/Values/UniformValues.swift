/// Signed integer codes on a uniform grid: element `i` is (codeᵢ − zero point) × step.
///
/// The product is rounded once, to float32 (float64 where `dtype` is `f64`), to nearest, ties to
/// even, and then to `dtype`. Specified in `formats/values/uniform.md`.
public struct UniformValues: TensorValues, Equatable {
  /// Codes, and their differences from zero points, are below this in magnitude, so that they are
  /// exact in float32.
  public static let codeBound: Int32 = 1 << 23

  /// The dimensions of the decoded tensor.
  public let shape: Shape
  /// A floating-point type.
  public let dtype: DType
  /// How the steps are shared out.
  public let layout: StepLayout
  /// The type that steps are stored as: `f16`, `bf16` or `f32`; `f64` only, and always, for `f64`
  /// tensors.
  public let stepType: DType
  /// The steps in the order of ``layout``: finite, not negative, exact in ``stepType``.
  public let steps: [Double]
  /// A zero point a step, in `minimum...maximum`; `nil` where all are 0.
  public let zeroPoints: [Int32]?
  /// The least code that there may be.
  public let minimum: Int32
  /// The greatest code that there may be.
  public let maximum: Int32
  /// One code an element, row-major, in `minimum...maximum`.
  public let codes: [Int32]

  /// - Precondition: counts, bounds and types are as the properties say, and 0 or the zero points
  ///   lie in `minimum...maximum`.
  public init(
    shape: Shape, dtype: DType, layout: StepLayout, stepType: DType, steps: [Double],
    zeroPoints: [Int32]? = nil, minimum: Int32, maximum: Int32, codes: [Int32]
  ) {
    precondition(dtype.isFloatingPoint && stepType.isFloatingPoint, "\(dtype), steps \(stepType)")
    precondition((dtype == .f64) == (stepType == .f64), "\(dtype) with steps of \(stepType)")
    precondition(codes.count == shape.count, "\(codes.count) codes for shape \(shape)")
    precondition(steps.count == layout.stepCount(for: shape), "\(steps.count) steps")
    precondition(zeroPoints.map { $0.count == steps.count } ?? true, "a zero point a step")
    precondition(
      minimum <= maximum && minimum > -Self.codeBound && maximum < Self.codeBound,
      "codes in \(minimum)...\(maximum)")
    self.shape = shape
    self.dtype = dtype
    self.layout = layout
    self.stepType = stepType
    self.steps = steps
    self.zeroPoints = zeroPoints
    self.minimum = minimum
    self.maximum = maximum
    self.codes = codes
  }

  public func decoded() -> Tensor {
    func decode<Element: FloatingTensorElement>(_: Element.Type) -> Tensor {
      // Straight into the tensor's bytes: a large tensor is not held twice.
      let bytes = [UInt8](unsafeUninitializedCount: codes.count * dtype.byteCount) {
        (bytes: inout MutableSpan<UInt8>) in
        bytes.withElements(of: Element.self) { dequantize(codes.span, into: &$0) }
      }
      return Tensor(dtype: dtype, shape: shape, bytes: bytes)
    }
    return switch dtype {
    case .f16: decode(Float16.self)
    case .bf16: decode(BFloat16.self)
    case .f64: decode(Double.self)
    default: decode(Float.self)
    }
  }

  /// Decodes all codes into elements of ``dtype``.
  private func dequantize<Element: FloatingTensorElement>(
    _ codes: Span<Int32>, into out: inout MutableSpan<Element>
  ) {
    layout.forEachRun(in: shape, within: 0..<shape.count) { run in
      if run.stride == 0 {
        let zero = zeroPoints?[run.step] ?? 0
        let step = steps[run.step]
        for i in run.elements { out[i] = Element(code: codes[i] &- zero, step: step) }
      } else {
        for i in run.elements {
          let s = run.step + i - run.elements.lowerBound
          out[i] = Element(code: codes[i] &- (zeroPoints?[s] ?? 0), step: steps[s])
        }
      }
    }
  }
}

extension FloatingTensorElement {
  /// code × step, rounded to float32 and then to this type; once, to float64, for `Double`.
  ///
  /// - Precondition: `code` is below 2²⁴ in magnitude, and `step` exact in float32 unless this type
  ///   is `Double`.
  @inlinable public init(code: Int32, step: Double) {
    if Self.self == Double.self {
      self = unsafe unsafeBitCast(Double(code) * step, to: Self.self)
    } else {
      self.init(rounding: Float(code) * Float(step))
    }
  }
}
