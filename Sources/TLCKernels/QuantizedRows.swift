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
  let codes: Elements<Int8>
  let scales: Elements<Float>
  let sums: Elements<Int32>

  /// Rows to be written: of zeros, but in memory that is given of what is there.
  ///
  /// - Parameters:
  ///   - rowCount: the number of rows.
  ///   - depth: the elements of a row.
  ///   - memory: where there are ``byteCount(rowCount:depth:)`` bytes, rows are there; with fewer or
  ///     none, they have memory of their own.
  /// - Precondition: neither count is negative.
  public init(rowCount: Int, depth: Int, in memory: TensorView? = nil) {
    precondition(rowCount >= 0 && depth >= 0, "\(rowCount) rows of \(depth)")
    self.rowCount = rowCount
    self.depth = depth
    stride = Self.stride(ofDepth: depth)
    let byteCount = Self.byteCount(rowCount: rowCount, depth: depth)
    var storage = memory?.storage
    var start = memory?.byteOffset ?? 0
    if memory.map({ $0.byteCount < byteCount || start % Storage.alignment != 0 }) ?? true {
      (storage, start) = (nil, 0)
    }
    let place = storage ?? Storage(byteCount: byteCount)
    let numbers = Self.numbersByteCount(rowCount: rowCount)
    scales = Elements(place, byteOffset: start, count: rowCount)
    sums = Elements(place, byteOffset: start + numbers, count: rowCount)
    codes = Elements(place, byteOffset: start + 2 * numbers, count: rowCount * stride)
  }

  /// The bytes of memory that rows need.
  ///
  /// - Precondition: neither count is negative.
  public static func byteCount(rowCount: Int, depth: Int) -> Int {
    2 * numbersByteCount(rowCount: rowCount) + rowCount * stride(ofDepth: depth)
  }

  /// The bytes of a number of four bytes a row, up to a whole cache line.
  private static func numbersByteCount(rowCount: Int) -> Int {
    let byteCount = rowCount * MemoryLayout<Float>.stride
    return (byteCount + Storage.alignment - 1) / Storage.alignment * Storage.alignment
  }

  private static func stride(ofDepth depth: Int) -> Int { (depth + 3) / 4 * 4 }

  /// What a code of a row is worth.
  ///
  /// - Precondition: there is that row.
  public func scale(ofRow row: Int) -> Float { scales[row] }

  /// A code, −127…127.
  ///
  /// - Precondition: there is that row, and that column.
  public func code(ofRow row: Int, column: Int) -> Int8 {
    precondition(column >= 0 && column < depth, "column \(column) of \(depth)")
    return codes[row * stride + column]
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
      codes.memory, stride, scales.memory, sums.memory)
  }

  /// What kernels read.
  var view: tlc_int8_rows {
    unsafe tlc_int8_rows(
      codes: codes.memory, stride: stride, scales: scales.memory, sums: sums.memory)
  }
}
