public import TLCCore
public import TLCSystem

/// Rounds to the nearest of 2^bits levels, or one fewer where they are symmetric.
///
/// Symmetric codes are −(2^(bits−1) − 1) … 2^(bits−1) − 1; affine ones have a zero point. The range
/// is that of the slice, or the clipped one of least squared error. |decoded − element| is at most
/// half a step, where nothing is clipped and no errors are made good by feedback, plus the rounding of
/// the product.
public struct RoundToNearestQuantizer: Quantizer {
  public static let name = "round-to-nearest"

  /// How the range of a slice is found.
  public enum Range: String, CaseIterable, Sendable {
    /// From the least to the greatest element.
    case absmax
    /// Of 61 clipped ranges, the one of least squared error; of equal ones the widest.
    case mse
  }

  /// The clipped ranges that `mse` tries: from 1 of the whole range down to 1/3 of it.
  static let shareCount = 61

  /// The bits of a code.
  public let bits: Int
  /// Whether the range is symmetric about 0, so that there are no zero points.
  public let isSymmetric: Bool
  /// How steps are shared out.
  public let granularity: Granularity
  /// How the range of a slice is found.
  public let range: Range
  /// Whether and how errors are made good.
  public let feedback: FeedbackOptions

  /// - Precondition: `bits` is in 2...16.
  public init(
    bits: Int, isSymmetric: Bool = true, granularity: Granularity = Granularity(),
    range: Range = .absmax, feedback: FeedbackOptions = FeedbackOptions()
  ) {
    precondition((2...16).contains(bits), "\(bits) bits are not in 2...16")
    self.bits = bits
    self.isSymmetric = isSymmetric
    self.granularity = granularity
    self.range = range
    self.feedback = feedback
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    bits = try parameters.integer("bits", in: 2...16)
    isSymmetric = try parameters.flag("symmetric", default: true)
    granularity = try Granularity(parameters: &parameters)
    let name = try parameters.choice(
      "range", Range.allCases.map { $0.rawValue }, default: Range.absmax.rawValue)
    range = Range(rawValue: name) ?? .absmax
    feedback = try FeedbackOptions(parameters: &parameters)
    try parameters.finish()
  }

  public func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    let layout = try granularity.layout(for: tensor.shape)
    func quantize<Element: FloatingTensorElement>(_: Element.Type) -> UniformValues {
      self.quantize(Slices<Element>(tensor: tensor, layout: layout), calibration, parallelism)
    }
    return try tensor.withFiniteElements { type throws(CompressionError) in
      type == Float.self ? quantize(Float.self) : quantize(type)
    }
  }

  /// The codes that there may be.
  private var bounds: ClosedRange<Int32> {
    let half: Int32 = 1 << Int32(bits - 1)
    return isSymmetric ? 1 - half...half - 1 : -half...half - 1
  }

  private func quantize<Element: FloatingTensorElement>(
    _ slices: Slices<Element>, _ calibration: TensorCalibration?, _ parallelism: Parallelism
  ) -> UniformValues {
    let statistics = slices.statistics(parallelism)
    let bounds = bounds
    var grids = statistics.map { grid(low: $0.minimum, high: $0.maximum) }
    if range == .mse {
      grids = parallelism.map(grids.count) { slice in
        bestGrid(statistics[slice].minimum, statistics[slice].maximum) {
          slices.elements(ofSlice: slice)
        }
      }
    }
    let rounding = StepRounding(
      dtype: slices.tensor.dtype, steps: grids.map { $0.step }, isShared: slices.layout == .tensor)
    let greatest = isSymmetric ? bounds.upperBound : bounds.upperBound - bounds.lowerBound
    let steps = grids.map { grid in
      rounding.finite(
        rounding.round(grid.step, range == .absmax ? .up : .nearest), code: greatest,
        as: Element.self)
    }
    let zeros: [Int32]? =
      isSymmetric
      ? nil
      : zip(statistics, steps).map { statistics, step in
        step == 0 ? 0 : Self.zeroPoint(low: statistics.minimum, step: step, bounds)
      }
    return UniformValues(
      shape: slices.tensor.shape, dtype: slices.tensor.dtype, layout: slices.layout,
      stepType: rounding.type, steps: steps, zeroPoints: zeros, minimum: bounds.lowerBound,
      maximum: bounds.upperBound,
      codes: slices.codes(
        steps: steps, zeroPoints: zeros, bounds: bounds, calibration, feedback, parallelism))
  }

  private struct Grid: Sendable {
    var step: Double
    var zeroPoint: Int32
  }

  /// The grid of a range that holds 0.
  private func grid(low: Double, high: Double) -> Grid {
    if isSymmetric {
      return Grid(step: max(high, -low) / Double(bounds.upperBound), zeroPoint: 0)
    }
    let step = (high - low) / Double(bounds.upperBound - bounds.lowerBound)
    return Grid(step: step, zeroPoint: Self.zeroPoint(low: low, step: step, bounds))
  }

  /// The code of 0 where the range starts at `low`.
  static func zeroPoint(low: Double, step: Double, _ bounds: ClosedRange<Int32>) -> Int32 {
    guard step > 0 else { return 0 }
    let zero = (-low / step).rounded(.toNearestOrEven) + Double(bounds.lowerBound)
    return Int32(min(max(zero, Double(bounds.lowerBound)), Double(bounds.upperBound)))
  }

  private func bestGrid(_ low: Double, _ high: Double, _ elements: () -> [Double]) -> Grid {
    let peak = max(high, -low)
    guard peak > 0 else { return grid(low: low, high: high) }
    let elements = elements().map { Float($0 / peak) }
    var best = grid(low: low, high: high)
    var bestError = Float.infinity
    for i in 0..<Self.shareCount {
      let share = 1 - Double(i) * (2.0 / 3) / Double(Self.shareCount - 1)
      let grid = grid(low: low * share, high: high * share)
      let error = squaredError(elements, Float(grid.step / peak), zeroPoint: grid.zeroPoint)
      if error < bestError {
        bestError = error
        best = grid
      }
    }
    return best
  }

  /// Σ(𝑑 − 𝑥)² for elements in −1…1, in float32 and 8 lanes: enough to choose by.
  private func squaredError(_ elements: [Float], _ step: Float, zeroPoint: Int32) -> Float {
    guard step > 0 else { return .infinity }
    let least = SIMD8(repeating: Float(bounds.lowerBound - zeroPoint))
    let greatest = SIMD8(repeating: Float(bounds.upperBound - zeroPoint))
    let inverse = SIMD8(repeating: 1 / step)
    let step = SIMD8(repeating: step)
    // Added and taken away, it rounds numbers below 2²² to nearest even.
    let rounder = SIMD8<Float>(repeating: 0x1.8p23)
    @inline(__always)
    func squares(_ x: SIMD8<Float>) -> SIMD8<Float> {
      var code = x * inverse
      code.replace(with: least, where: code .< least)
      code.replace(with: greatest, where: code .> greatest)
      let error = ((code + rounder) - rounder) * step - x
      return error * error
    }
    var sum = SIMD8<Float>()
    let whole = elements.count / 8 * 8
    for i in stride(from: 0, to: whole, by: 8) {
      sum += squares(
        SIMD8(
          lowHalf: elements.span.vector(at: i), highHalf: elements.span.vector(at: i + 4)))
    }
    var rest = SIMD8<Float>()
    for i in whole..<elements.count { rest[i - whole] = elements[i] }
    return (sum + squares(rest)).sum()
  }
}
