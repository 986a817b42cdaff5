internal import CTLCKernels
public import TLCCore

extension Kernels {
  /// ``RowFunctions/softmax(_:)`` of contiguous rows.
  ///
  /// - Parameters:
  ///   - x: rows of `length` elements; `y` may be the same memory.
  ///   - y: takes rows of as many elements, at the same places.
  ///   - length: the elements of a row.
  ///   - rows: the rows to compute; threads may share them out.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
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
  ///   - scale: `[length]`.
  ///   - bias: `[length]`, or nothing to add.
  ///   - epsilon: is added to the variance.
  ///   - y: takes rows of as many elements, at the same places.
  ///   - means: takes the mean of each row, at its number; or nothing.
  ///   - inverses: takes the inverse of each row, at its number; or nothing.
  ///   - length: the elements of a row.
  ///   - rows: the rows to compute; threads may share them out.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
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
