internal import CTLCKernels
public import TLCCore

/// Kernels of training. Their bits are the same for every number of threads, and, unlike those of
/// ``Kernels``, not for every instruction set: no file depends on them.
///
/// Each has a precondition that all elements exist that it reads and writes; results may be added to
/// what is there, where `adding` says so.
public enum TrainingKernels {
  /// A function whose gradient is a product, element by element.
  public enum Function: Sendable {
    /// x · Φ(x), from x.
    case gelu
    /// Its approximation with tanh, from x.
    case geluTanh
    /// max(x, 0), from x.
    case relu
    /// tanh(x), from its value.
    case tanh
    /// 1 / (1 + 𝑒⁻ˣ), from its value.
    case sigmoid
  }

  static var isa: tlc_isa { InstructionSet.best.isa }

  /// Sets `dx` to the gradient of a function, from that of its value.
  ///
  /// - Parameters:
  ///   - function: the function.
  ///   - x: what the function was given, or its value, as the function says.
  ///   - dy: the gradient of its value.
  ///   - dx: takes the gradient; it may be `dy`.
  ///   - adding: whether it is added to what is there.
  ///   - range: the elements to compute; threads may share them out.
  public static func gradient(
    of function: Function, _ x: Elements<Float>, _ dy: Elements<Float>, into dx: Elements<Float>,
    adding: Bool, in range: Range<Int>
  ) {
    for elements in [x, dy, dx] { elements.require(range) }
    let (count, adds) = (range.count, Int32(adding ? 1 : 0))
    // SAFETY: all three have the range.
    let a = unsafe UnsafePointer(x.memory + range.lowerBound)
    let d = unsafe UnsafePointer(dy.memory + range.lowerBound)
    let out = unsafe dx.memory + range.lowerBound
    switch function {
    case .gelu: unsafe tlc_gelu_gradient_f32(isa, count, a, d, out, adds)
    case .geluTanh: unsafe tlc_gelu_tanh_gradient_f32(isa, count, a, d, out, adds)
    case .relu: unsafe tlc_relu_gradient_f32(isa, count, a, d, out, adds)
    case .tanh: unsafe tlc_tanh_gradient_f32(isa, count, a, d, out, adds)
    case .sigmoid: unsafe tlc_sigmoid_gradient_f32(isa, count, a, d, out, adds)
    }
  }

  /// y = factor · x, for a range of elements.
  public static func scale(
    _ x: Elements<Float>, by factor: Float, into y: Elements<Float>, adding: Bool,
    in range: Range<Int>
  ) {
    x.require(range)
    y.require(range)
    // SAFETY: both have the range.
    unsafe tlc_add_scaled_f32(
      isa, range.count, factor, x.memory + range.lowerBound, y.memory + range.lowerBound,
      adding ? 1 : 0)
  }

  /// y = x · z, for a range of elements.
  public static func multiply(
    _ x: Elements<Float>, _ z: Elements<Float>, into y: Elements<Float>, adding: Bool,
    in range: Range<Int>
  ) {
    for elements in [x, z, y] { elements.require(range) }
    // SAFETY: all three have the range.
    unsafe tlc_add_product_f32(
      isa, range.count, x.memory + range.lowerBound, z.memory + range.lowerBound,
      y.memory + range.lowerBound, adding ? 1 : 0)
  }

  /// Adds the sums of columns to `sums`, of a matrix whose rows are contiguous and `stride` apart.
  ///
  /// - Parameters:
  ///   - x: the matrix, from its first element on.
  ///   - rows: how many rows to add.
  ///   - stride: the elements from row to row.
  ///   - columns: the columns to add, of which threads may each have some.
  ///   - sums: takes the sum of a column at its number.
  public static func addColumns(
    of x: Elements<Float>, rows: Int, stride: Int, columns: Range<Int>, to sums: Elements<Float>
  ) {
    guard rows > 0, !columns.isEmpty else { return }
    x.require(0..<(rows - 1) * stride + columns.upperBound)
    sums.require(columns)
    // SAFETY: both have the columns.
    unsafe tlc_column_sums_f32(
      isa, rows, columns.count, x.memory + columns.lowerBound, stride,
      sums.memory + columns.lowerBound)
  }

  /// Σx² of a range of elements, in `f64`.
  public static func sumOfSquares(_ x: Elements<Float>, in range: Range<Int>) -> Double {
    x.require(range)
    // SAFETY: it has the range.
    return unsafe tlc_sum_of_squares_f32(isa, range.count, x.memory + range.lowerBound)
  }
}

extension TrainingKernels {
  /// Whether every element of a range is a finite number.
  ///
  /// A sum of squares in `f64` of numbers of `f32` does not overflow.
  public static func isFinite(_ x: Elements<Float>, in range: Range<Int>) -> Bool {
    sumOfSquares(x, in: range).isFinite
  }

  /// A mask of dropout: a function of the place of an element, for a seed, a step and a stream.
  ///
  /// The word of place 𝑖 is mix(mix(𝑖 + low) ^ high), with mix the finalizer of MurmurHash3, and low
  /// and high the halves of the first word of a `SplitMix64` that is seeded with the seed, the step
  /// and the stream. An element stays where its word is at least ratio · 2³².
  public struct Dropout: Sendable {
    let low: UInt32
    let high: UInt32
    let threshold: UInt32
    /// What elements that stay are multiplied by.
    public let factor: Float

    /// - Precondition: `ratio` is from 0 to below 1.
    public init(ratio: Float, seed: Int64, step: Int64, stream: Int) {
      precondition(ratio >= 0 && ratio < 1, "a ratio of \(ratio)")
      var mixer = SplitMix64(
        seed: UInt64(bitPattern: seed) &* 0xD129_0D3A_7C0F_5B27
          ^ UInt64(bitPattern: step) &* 0x8CB9_2BA7_2F3D_8DD7
          ^ UInt64(bitPattern: Int64(stream)) &* 0xAEF1_7502_108E_F2D9)
      let word = mixer.next()
      low = UInt32(truncatingIfNeeded: word)
      high = UInt32(truncatingIfNeeded: word >> 32)
      threshold = UInt32(Double(ratio) * 4_294_967_296)
      factor = 1 / (1 - ratio)
    }
  }

  /// Sets `count` elements of `y`, from `place` on, to those of `x` from `start` on that the mask
  /// lets stay, and to 0 elsewhere.
  ///
  /// - Parameters:
  ///   - mask: the mask.
  ///   - x: the elements; they may be those of `y`.
  ///   - start: the place of the first of them.
  ///   - y: takes the results.
  ///   - place: the place of the first of them.
  ///   - count: how many there are.
  ///   - first: the place of the first in the mask.
  ///   - adding: whether they are added to what is there.
  public static func drop(
    _ mask: Dropout, _ x: Elements<Float>, from start: Int, into y: Elements<Float>,
    at place: Int, count: Int, first: Int, adding: Bool
  ) {
    x.require(start..<start + count)
    y.require(place..<place + count)
    // SAFETY: both have the elements.
    unsafe tlc_dropout_f32(
      isa, count, UInt32(truncatingIfNeeded: first), mask.low, mask.high, mask.threshold,
      mask.factor, x.memory + start, y.memory + place, adding ? 1 : 0)
  }
}
