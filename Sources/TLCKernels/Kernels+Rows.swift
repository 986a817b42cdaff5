internal import CTLCKernels
public import TLCCore

extension Kernels {
  /// ``RowFunctions/softmax(_:)`` of contiguous rows.
  ///
  /// - Parameters:
  ///   - x: rows of `length` elements; `y` may be the same memory.
  ///   - rows: the rows to compute; threads may share them out.
  /// - Precondition: both have the rows.
  public static func softmax(
    _ x: Elements<Float>, to y: Elements<Float>, length: Int, rows: Range<Int>,
    on instructions: InstructionSet = .best
  ) {
    guard length > 0, !rows.isEmpty else { return }
    let range = rows.lowerBound * length..<rows.upperBound * length
    x.require(range)
    y.require(range)
    // SAFETY: both have the range.
    unsafe tlc_softmax_f32(
      instructions.isa, rows.count, length, x.memory + range.lowerBound,
      y.memory + range.lowerBound)
  }

  /// ``RowFunctions/layerNormalization(_:scale:bias:epsilon:)`` of contiguous rows.
  ///
  /// - Parameters:
  ///   - x: rows of `length` elements; `y` may be the same memory.
  ///   - scale: `length` elements, and `bias` too, where there is one.
  ///   - means: takes an element a row, and `inverses` too, where they are given.
  ///   - rows: the rows to compute; threads may share them out.
  /// - Precondition: all have the elements.
  public static func layerNormalization(
    _ x: Elements<Float>, scale: Elements<Float>, bias: Elements<Float>?, epsilon: Float,
    to y: Elements<Float>, means: Elements<Float>?, inverses: Elements<Float>?, length: Int,
    rows: Range<Int>, on instructions: InstructionSet = .best
  ) {
    guard length > 0, !rows.isEmpty else { return }
    let range = rows.lowerBound * length..<rows.upperBound * length
    x.require(range)
    y.require(range)
    scale.require(0..<length)
    bias?.require(0..<length)
    means?.require(rows)
    inverses?.require(rows)
    // SAFETY: all have what the rows need.
    unsafe tlc_layer_norm_f32(
      instructions.isa, rows.count, length, x.memory + range.lowerBound, scale.memory,
      bias?.memory, epsilon, y.memory + range.lowerBound,
      means.map { unsafe $0.memory + rows.lowerBound },
      inverses.map { unsafe $0.memory + rows.lowerBound })
  }
}
