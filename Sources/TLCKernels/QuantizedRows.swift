internal import CTLCKernels
public import TLCCore

/// Rows of activations as bytes, for products with an ``IntegerMatrix``: `formats/products.md`.
///
/// They are written by ``quantize(_:from:rows:on:)``, whose callers keep writers apart from readers,
/// as those of a ``Storage`` do.
public struct QuantizedRows: Sendable {
  /// The number of rows.
  public let rowCount: Int
  /// The elements of a row.
  public let depth: Int
  /// From row to row: the depth up to a multiple of 4.
  let stride: Int
  let codes: Storage
  let scales: Storage
  let sums: Storage

  /// Rows of zeros.
  ///
  /// - Precondition: neither count is negative.
  public init(rowCount: Int, depth: Int) {
    precondition(rowCount >= 0 && depth >= 0, "\(rowCount) rows of \(depth)")
    self.rowCount = rowCount
    self.depth = depth
    stride = (depth + 3) / 4 * 4
    codes = Storage(byteCount: rowCount * stride)
    scales = Storage(byteCount: rowCount * MemoryLayout<Float>.stride)
    sums = Storage(byteCount: rowCount * MemoryLayout<Int32>.stride)
  }

  /// What a code of a row is worth.
  ///
  /// - Precondition: there is that row.
  public func scale(ofRow row: Int) -> Float {
    Elements<Float>(scales, byteOffset: 0, count: rowCount)[row]
  }

  /// A code, −127…127.
  ///
  /// - Precondition: there is that row, and that column.
  public func code(ofRow row: Int, column: Int) -> Int8 {
    precondition(column >= 0 && column < depth, "column \(column) of \(depth)")
    return Elements<Int8>(codes, byteOffset: 0, count: rowCount * stride)[row * stride + column]
  }

  /// Sets rows to the codes of activations.
  ///
  /// - Parameters:
  ///   - x: `[rowCount, depth]`, contiguous from its element `start` on.
  ///   - start: the place of the first element of row 0 in `x`.
  ///   - rows: the rows to quantize; threads may share them out.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
  /// - Precondition: the elements exist.
  public func quantize(
    _ x: Elements<Float>, from start: Int = 0, rows: Range<Int>,
    on instructions: InstructionSet = .best
  ) {
    guard !rows.isEmpty else { return }
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows \(rows) of \(rowCount)")
    x.require(start + rows.lowerBound * depth..<start + rows.upperBound * depth)
    // SAFETY: both have the rows.
    unsafe tlc_quantize_rows(
      instructions.isa, rows.lowerBound, rows.upperBound, depth, x.memory + start, depth,
      codes.memory.assumingMemoryBound(to: Int8.self), stride,
      scales.memory.assumingMemoryBound(to: Float.self),
      sums.memory.assumingMemoryBound(to: Int32.self))
  }

  /// What kernels read.
  var view: tlc_int8_rows {
    unsafe tlc_int8_rows(
      codes: codes.memory.assumingMemoryBound(to: Int8.self), stride: stride,
      scales: scales.memory.assumingMemoryBound(to: Float.self),
      sums: sums.memory.assumingMemoryBound(to: Int32.self))
  }
}
