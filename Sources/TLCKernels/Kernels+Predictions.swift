internal import CTLCKernels

extension Kernels {
  /// Predicts what eight rows hold in columns from what they hold in others: for row *r* and column
  /// *j* ⌊(offset of *j* + Σ coefficient of *j* and *k* · input *k* of *r* + 2^(shift − 1)) / 2^shift⌋.
  ///
  /// Inputs and coefficients are integers; a column's sum of products is below 2²² in magnitude, and so
  /// exact in any order.
  ///
  /// - Parameters:
  ///   - inputs: for each column that others are predicted from, what the rows hold there.
  ///   - coefficients: of eight columns at a time, for each input, those of its columns; 0 for those
  ///     that are missing.
  ///   - offsets: of every column, by its number.
  ///   - columns: those that are predicted.
  ///   - shift: 1 to 30.
  ///   - predictions: those of the columns are set, by their numbers.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
  /// - Precondition: `columns` are of `offsets` and `predictions`, and each has its coefficients.
  public static func predictRows(
    from inputs: Span<SIMD8<Float>>, coefficients: Span<SIMD8<Float>>, offsets: Span<Int32>,
    columns: Range<Int>, shift: Int, to predictions: inout MutableSpan<SIMD8<Int32>>,
    on instructions: InstructionSet = .best
  ) {
    guard !columns.isEmpty else { return }
    precondition(columns.lowerBound >= 0 && columns.upperBound <= offsets.count)
    precondition(columns.upperBound <= predictions.count && (1...30).contains(shift))
    precondition(coefficients.count == (columns.count + 7) / 8 * inputs.count)
    // SAFETY: all that is read and written exists, as checked; eight lanes are eight scalars.
    unsafe inputs.withUnsafeBytes { inputs in
      unsafe coefficients.withUnsafeBytes { coefficients in
        unsafe offsets.withUnsafeBufferPointer { offsets in
          unsafe predictions.withUnsafeMutableBytes { predictions in
            guard let offsets = offsets.baseAddress, let predictions = predictions.baseAddress
            else { return }
            let first = columns.lowerBound
            unsafe tlc_predict_rows(
              instructions.isa, inputs.count / MemoryLayout<SIMD8<Float>>.stride, columns.count,
              inputs.baseAddress?.assumingMemoryBound(to: Float.self),
              coefficients.baseAddress?.assumingMemoryBound(to: Float.self), offsets + first,
              Int32(shift),
              (predictions + first * MemoryLayout<SIMD8<Int32>>.stride)
                .assumingMemoryBound(to: Int32.self))
          }
        }
      }
    }
  }
}
