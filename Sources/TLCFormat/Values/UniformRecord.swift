internal import TLCCore
internal import TLCSystem

/// Signed integer codes on uniform grids: `formats/values/uniform.md`.
struct UniformRecord: ValuesRecord {
  static let kind = "uniform"

  let layout: StepLayout
  let stepType: DType
  let minimum: Int32
  let maximum: Int32
  let codes: PlaneReference?
  /// The step and zero point, where one serves all.
  private let inline: (step: Double, zeroPoint: Int32)?
  private let steps: PlaneReference?
  private let zeroPoints: PlaneReference?
  private let hasZeroPoints: Bool

  init(
    parsing object: JSONObject, of tensor: TensorGeometry, keptCount: Int,
    planes: inout PlaneTable
  ) throws(FormatError) {
    guard tensor.dtype.isFloatingPoint else {
      throw object.outOfRange(
        "kind", "\"uniform\"", allowed: "a kind for \(tensor.dtype) tensors",
        at: try object.value("kind").offset)
    }
    let layout = try Self.layout(object, shape: tensor.shape)
    let bound = Int(UniformValues.codeBound) - 1
    let maximum = try object.integer("maximum", in: -bound...bound)
    let minimum = try object.integer("minimum", in: -bound...maximum)
    guard maximum - minimum < 1 << 24 else {
      throw object.outOfRange(
        "maximum", "\(maximum)", allowed: "less than 2^24 above \"minimum\"",
        at: try object.value("maximum").offset)
    }
    let width = UInt(maximum - minimum).bitCount
    codes = try planes.take("codes", of: object, role: "codes", count: keptCount, width: width)
    let stepTypes: [DType] = tensor.dtype == .f64 ? [.f64] : [.f16, .bf16, .f32]
    let stepType = try object.choice("stepType", stepTypes.map { ($0.rawValue, $0) })
    let zeroKey = layout == .tensor ? "zeroPoint" : "zeroPoints"
    let zeroPoint = object.optional(zeroKey)
    if zeroPoint == nil, !(minimum...maximum).contains(0) {
      throw object.outOfRange(
        "minimum", "\(minimum)", allowed: "such that 0, the zero point, is a code",
        at: try object.value("minimum").offset)
    }
    if layout == .tensor {
      let bits = try object.bits("step", byteCount: stepType.byteCount)
      let step = stepType.double(bits: bits)
      guard Self.isStep(step) else {
        throw FormatError(
          .invalidStep(index: 0, value: step), at: try object.value("step").offset,
          in: object.tensor)
      }
      let zero = try object.optionalInteger("zeroPoint", in: minimum...maximum) ?? 0
      if zeroPoint != nil, zero == 0 {
        throw object.outOfRange(
          "zeroPoint", "0", allowed: "there where it is 0", at: try object.value(zeroKey).offset)
      }
      inline = (step, Int32(zero))
      steps = nil
      zeroPoints = nil
    } else {
      let count = layout.stepCount(for: tensor.shape)
      let (bytes, overflow) = count.multipliedReportingOverflow(by: stepType.byteCount)
      steps = try planes.take(
        "steps", of: object, role: "steps", count: overflow ? Int.max : bytes, width: 8)
      zeroPoints =
        zeroPoint == nil
        ? nil
        : try planes.take(
          "zeroPoints", of: object, role: "zero-points", count: count, width: width)
      inline = nil
    }
    hasZeroPoints = zeroPoint != nil
    self.layout = layout
    self.stepType = stepType
    self.minimum = Int32(minimum)
    self.maximum = Int32(maximum)
  }

  private static func layout(
    _ object: JSONObject, shape: Shape
  ) throws(FormatError) -> StepLayout {
    guard object.optional("axis") != nil else { return .tensor }
    guard shape.rank > 0 else {
      throw object.outOfRange(
        "axis", "there", allowed: "an axis of a scalar", at: try object.value("axis").offset)
    }
    let axis = try object.integer("axis", in: 0...shape.rank - 1)
    let sizes = StepLayout.minimumGroupSize...Int(Int32.max)
    guard let size = try object.optionalInteger("group", in: sizes) else { return .axis(axis) }
    return .group(axis: axis, size: size)
  }

  /// Whether a step is finite, not negative, and not −0 (R30).
  private static func isStep(_ step: Double) -> Bool { step.isFinite && step.sign == .plus }

  var planes: [PlaneReference] { [codes, steps, zeroPoints].compactMap { $0 } }

  var codePlanes: CodePlanes? {
    CodePlanes(planes: [codes], least: Int(minimum), greatest: Int(maximum))
  }

  var summary: String { Self.summary(layout, minimum, maximum) }

  static func summary(_ layout: StepLayout, _ minimum: Int32, _ maximum: Int32) -> String {
    let width = UInt(Int(maximum) - Int(minimum)).bitCount
    return switch layout {
    case .tensor: "int\(width)"
    case .axis(let axis): "int\(width) axis \(axis)"
    case .group(_, let size): "int\(width) g\(size)"
    }
  }

  func decode(
    _ tensor: TensorGeometry, mask: Bitmap?, from source: PlaneSource
  ) throws(CheckpointError) -> Tensor {
    let grid = try grid(source, shape: tensor.shape)
    func decode<Element: FloatingTensorElement>(
      _: Element.Type
    ) throws(CheckpointError) -> Tensor {
      guard let mask else {
        return try grid.decode(codes, of: tensor.shape, source, as: Element.self)
      }
      let symbols = try source.symbols(
        codes, count: mask.keptCount, limit: UInt32(maximum - minimum))
      return grid.decode(symbols, mask: mask, of: tensor.shape, as: Element.self)
    }
    switch tensor.dtype {
    case .f16: return try decode(Float16.self)
    case .bf16: return try decode(BFloat16.self)
    case .f64: return try decode(Double.self)
    default: return try decode(Float.self)
    }
  }

  /// The codes and steps; where `mask` leaves an element out, its code is the zero point.
  func uniformValues(
    _ tensor: TensorGeometry, mask: Bitmap?, from source: PlaneSource
  ) throws(CheckpointError) -> UniformValues {
    let grid = try grid(source, shape: tensor.shape)
    let symbols = try source.symbols(
      codes, count: mask?.keptCount ?? tensor.shape.count, limit: UInt32(maximum - minimum))
    return UniformValues(
      shape: tensor.shape, dtype: tensor.dtype, layout: layout, stepType: stepType,
      steps: grid.steps, zeroPoints: grid.zeroPoints, minimum: minimum, maximum: maximum,
      codes: grid.codes(symbols, mask: mask, of: tensor.shape))
  }

  /// The codes and steps, where the tensor is `f32` and the codes less their zero points are bytes.
  func byteCodes(
    _ tensor: TensorGeometry, mask: Bitmap?, from source: PlaneSource
  ) throws(CheckpointError) -> ByteCodes? {
    guard tensor.dtype == .f32 else { return nil }
    guard mask == nil, let codes else {
      return ByteCodes(try uniformValues(tensor, mask: mask, from: source))
    }
    let grid = try grid(source, shape: tensor.shape)
    guard let bytes = try grid.byteCodes(codes, of: tensor.shape, source) else { return nil }
    return ByteCodes(
      layout: layout, steps: grid.steps.map { Float($0) }, codes: bytes,
      isSymmetric: !hasZeroPoints && ByteCodes.range.contains(minimum)
        && ByteCodes.range.contains(maximum))
  }

  func saturatedCount(
    source: Tensor, decoded: Tensor, from planes: PlaneSource
  ) throws(CheckpointError) -> Int {
    try grid(planes, shape: source.shape).saturatedCount(source: source, decoded: decoded)
  }

  /// Reads the steps and zero points.
  private func grid(_ source: PlaneSource, shape: Shape) throws(CheckpointError) -> UniformGrid {
    if let inline {
      return UniformGrid(
        layout: layout, minimum: minimum, maximum: maximum, steps: [inline.step],
        zeroPoints: hasZeroPoints ? [inline.zeroPoint] : nil)
    }
    let bytes = try source.bytes(steps)
    let count = layout.stepCount(for: shape)
    let values = (0..<count).map { stepType.double(at: $0, in: bytes) }
    if let steps, let bad = values.firstIndex(where: { !Self.isStep($0) }) {
      throw source.formatError(.invalidStep(index: bad, value: values[bad]), in: steps)
    }
    var zeros: [Int32]?
    if hasZeroPoints {
      zeros = try source.symbols(zeroPoints, count: count, limit: UInt32(maximum - minimum))
        .map { Int32($0) + minimum }
    }
    return UniformGrid(
      layout: layout, minimum: minimum, maximum: maximum, steps: values, zeroPoints: zeros)
  }
}
