public import TLCCore
internal import TLCKernels
public import TLCSystem

/// An affine grid for each slice whose zero point is solved for without data, so that errors are sparse:
/// half-quadratic quantization (Badri and Shaji, 2023).
///
/// The step is that of the range from the least to the greatest element. The zero point makes the norm
/// Σ|𝑒|^0.7 of what rounding leaves small; in files it is an integer, so that 0 is a level: of those next
/// to the solution and that of the range, the one of least norm.
public struct HQQQuantizer: Quantizer {
  public static let name = "hqq"

  /// The bits of a code.
  public let bits: Int
  /// How steps are shared out.
  public let granularity: Granularity
  /// Whether and how errors are made good.
  public let feedback: FeedbackOptions

  /// - Precondition: `bits` is in 2...8.
  public init(
    bits: Int, granularity: Granularity = Granularity(axis: -1, groupSize: 64),
    feedback: FeedbackOptions = FeedbackOptions()
  ) {
    precondition((2...8).contains(bits), "\(bits) bits are not in 2...8")
    self.bits = bits
    self.granularity = granularity
    self.feedback = feedback
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    bits = try parameters.integer("bits", in: 2...8)
    var granularity = try Granularity(parameters: &parameters)
    if granularity.axis == nil { granularity = Granularity(axis: -1, groupSize: 64) }
    self.granularity = granularity
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

  private func quantize<Element: FloatingTensorElement>(
    _ slices: Slices<Element>, _ calibration: TensorCalibration?, _ parallelism: Parallelism
  ) -> UniformValues {
    let statistics = slices.statistics(parallelism)
    let greatest = Int32(1) << Int32(bits) - 1
    let solver = HalfQuadraticSolver(greatest: Double(greatest))
    let batch = 64
    let grids = parallelism.map((statistics.count + batch - 1) / batch) { part in
      (part * batch..<min((part + 1) * batch, statistics.count)).map { slice in
        solver.grid(
          low: statistics[slice].minimum, high: statistics[slice].maximum,
          slices.elements(ofSlice: slice))
      }
    }.flatMap { $0 }
    let rounding = StepRounding(
      dtype: slices.tensor.dtype, steps: grids.map { $0.step }, isShared: slices.layout == .tensor)
    let steps = grids.map {
      rounding.finite(rounding.round($0.step, .nearest), code: greatest, as: Element.self)
    }
    let zeros = grids.map { Int32($0.zero) }
    return UniformValues(
      shape: slices.tensor.shape, dtype: slices.tensor.dtype, layout: slices.layout,
      stepType: rounding.type, steps: steps, zeroPoints: zeros, minimum: 0, maximum: greatest,
      codes: slices.codes(
        steps: steps, zeroPoints: zeros, bounds: 0...greatest, calibration, feedback,
        parallelism))
  }
}

/// Solves for the grid of a slice: levels (code − zero) · step, codes from 0 to `greatest`.
struct HalfQuadraticSolver: Sendable {
  let greatest: Double

  struct Grid: Equatable, Sendable {
    var step: Double
    /// An integer in the range of codes.
    var zero: Double
  }

  private static let power: Float = 0.7
  private static let roundLimit = 20
  private static let firstBeta = 10.0
  private static let growth = 1.01

  /// The grid of least Σ|𝑒|^0.7: with the zero point of the range, or an integer next to the solution.
  func grid(low: Double, high: Double, _ elements: [Double]) -> Grid {
    let step = (high - low) / greatest
    guard step > 0, step.isFinite else { return Grid(step: 0, zero: 0) }
    var best = Grid(step: step, zero: clipped(-low / step))
    var least = norm(elements, best)
    let solved = zero(elements, step: step, from: -low / step)
    for zero in [clipped(solved.rounded(.down)), clipped(solved.rounded(.up))] {
      let grid = Grid(step: step, zero: zero)
      let norm = norm(elements, grid)
      if norm < least { (best, least) = (grid, norm) }
    }
    return best
  }

  /// A power of a positive number, as `f32` has it: enough to choose by.
  private static func raised(_ x: Double, _ power: Float) -> Double {
    Double(FloatFunctions.exp(power * FloatFunctions.log(Float(x))))
  }

  private func clipped(_ zero: Double) -> Double {
    min(max(zero.rounded(.toNearestOrEven), 0), greatest)
  }

  private func code(_ x: Double, _ zero: Double) -> Double {
    min(max((x + zero).rounded(.toNearestOrEven), 0), greatest)
  }

  /// What of an error, in steps, is taken for an outlier's.
  private func shrunk(_ error: Double, _ beta: Double) -> Double {
    let size = abs(error)
    guard size > 0 else { return 0 }
    let left = max(0, size - Self.raised(size, Self.power - 1) / beta)
    return error < 0 ? -left : left
  }

  /// The zero point, any number, where rounding and its errors hold each other.
  private func zero(
    _ elements: [Double], step: Double, from start: Double
  ) -> Double {
    var (zero, beta) = (start, Self.firstBeta)
    for _ in 0..<Self.roundLimit {
      var sum = 0.0
      for element in elements {
        let x = element / step
        let code = code(x, zero)
        sum += code - (x - shrunk(x - (code - zero), beta))
      }
      let next = sum / Double(max(1, elements.count))
      if next == zero { break }
      zero = next
      beta *= Self.growth
    }
    return zero
  }

  /// Σ|𝑒|^0.7.
  func norm(_ elements: [Double], _ grid: Grid) -> Double {
    elements.reduce(0) { sum, element in
      let x = element / grid.step
      let error = abs(x - (code(x, grid.zero) - grid.zero))
      return sum + (error == 0 ? 0 : Self.raised(error * grid.step, Self.power))
    }
  }
}
