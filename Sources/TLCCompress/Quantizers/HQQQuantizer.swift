public import TLCCore
internal import TLCKernels
public import TLCSystem

/// An affine grid for each slice whose zero point and step are solved for without data, so that errors are
/// sparse: half-quadratic quantization (Badri and Shaji, 2023).
///
/// With the norm Σ|𝑒|^0.7 of what rounding leaves, outliers do not decide where the grid lies. Zero points
/// of files are integers, so that 0 is a level: that of the solution is rounded, and the step, at first a
/// share of the range, is solved for in turn. Of all that was tried, the grid of least norm is taken.
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
  private static let roundLimit = 10
  private static let firstBeta = 10.0
  private static let growth = 1.01

  /// The shares of the whole range that the solution starts from the best of.
  private static let shares = [1, 0.875, 0.75, 0.625, 0.5, 0.375]

  /// The grid of least Σ|𝑒|^0.7 of those that are tried.
  func grid(low: Double, high: Double, _ elements: [Double]) -> Grid {
    let whole = (high - low) / greatest
    guard whole > 0, whole.isFinite else { return Grid(step: 0, zero: 0) }
    var best = Grid(step: whole, zero: clipped(-low / whole))
    var least = Double.infinity
    func take(_ grid: Grid) -> Double {
      let norm = norm(elements, grid)
      if norm < least { (best, least) = (grid, norm) }
      return norm
    }
    for share in Self.shares { _ = take(Grid(step: whole * share, zero: best.zero)) }
    let start = best
    let solved = zero(elements, step: start.step, from: start.zero)
    for zero in Set([clipped(solved.rounded(.down)), clipped(solved.rounded(.up)), start.zero])
      .sorted()
    {
      var grid = Grid(step: start.step, zero: zero)
      var lastNorm = Double.infinity
      var beta = Self.firstBeta
      for _ in 0..<Self.roundLimit {
        let norm = take(grid)
        guard norm < lastNorm, let next = step(elements, grid, beta: beta) else { break }
        lastNorm = norm
        grid.step = next
        beta *= Self.growth
      }
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

  /// The step that fits best what is no outlier's, or none where all codes are the zero point.
  private func step(_ elements: [Double], _ grid: Grid, beta: Double) -> Double? {
    var (products, squares) = (0.0, 0.0)
    for element in elements {
      let x = element / grid.step
      let level = code(x, grid.zero) - grid.zero
      products += (x - shrunk(x - level, beta)) * level
      squares += level * level
    }
    let step = grid.step * products / squares
    return squares > 0 && step > 0 && step.isFinite ? step : nil
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
