internal import CTLCKernels
public import TLCCore

/// The right factor of products with ``QuantizedRows``: codes with a step a column, laid out in panels
/// of bytes, and what is left of codes that are no bytes.
public struct IntegerMatrix: Sendable {
  /// The length of the axis that products sum over.
  public let depth: Int
  /// The number of columns.
  public let columnCount: Int
  private let panels: Storage
  private let steps: Storage
  private let remainders: Storage?
  private let remainderStarts: Storage

  /// The magnitudes of the codes of a column sum to less.
  public static let columnLimit = 1 << 24

  /// Packs codes, or returns `nil` where a column's magnitudes sum to ``columnLimit`` or more.
  ///
  /// - Parameters:
  ///   - codes: `[depth, columnCount]`, or transposed.
  ///   - steps: `[columnCount]`.
  ///   - depth: the length of the axis that products sum over.
  ///   - columnCount: the number of columns.
  ///   - isTransposed: whether `codes` has shape `[columnCount, depth]`, not `[depth, columnCount]`.
  /// - Precondition: both have as many elements.
  public init?(
    _ codes: Elements<Int8>, steps: Elements<Float>, depth: Int, columnCount: Int,
    isTransposed: Bool
  ) {
    precondition(
      codes.count == depth * columnCount && steps.count == columnCount,
      "\(codes.count) codes and \(steps.count) steps")
    let (rowStride, columnStride) = isTransposed ? (1, depth) : (columnCount, 1)
    func magnitudes(_ column: Int) -> Int {
      (0..<depth).reduce(0) { $0 + abs(Int(codes[$1 * rowStride + column * columnStride])) }
    }
    if depth >= Self.columnLimit / 128,
      (0..<columnCount).contains(where: { magnitudes($0) >= Self.columnLimit })
    {
      return nil
    }
    self.depth = depth
    self.columnCount = columnCount
    self.steps = Storage(uninitialized: columnCount * MemoryLayout<Float>.stride)
    Elements<Float>(self.steps, byteOffset: 0, count: columnCount)
      .copy(columnCount, from: steps, at: 0, to: 0)
    let width = Int(tlc_panel_width)
    let panelCount = (columnCount + width - 1) / width
    // What is left of −128 beside −127, by panel.
    var left: [(row: Int, column: Int)] = []
    var starts = Array(repeating: 0, count: panelCount + 1)
    if codes.least < -127 {
      for column in 0..<columnCount {
        for row in 0..<depth where codes[row * rowStride + column * columnStride] < -127 {
          left.append((row, column % width))
        }
        starts[column / width + 1] = left.count
      }
    }
    remainderStarts = Storage(uninitialized: starts.count * MemoryLayout<UInt64>.stride)
    let places = Elements<UInt64>(remainderStarts, byteOffset: 0, count: starts.count)
    for (i, start) in starts.enumerated() { places[i] = UInt64(start) }
    remainders =
      left.isEmpty
      ? nil : Storage(uninitialized: left.count * MemoryLayout<tlc_remainder>.stride)
    if let remainders {
      // A remainder is a row, a column and a value of four bytes each.
      let fields = Elements<Int32>(remainders, byteOffset: 0, count: 3 * left.count)
      for (i, rest) in left.enumerated() {
        fields[3 * i] = Int32(rest.row)
        fields[3 * i + 1] = Int32(rest.column)
        fields[3 * i + 2] = -1
      }
    }
    panels = Storage(uninitialized: panelCount * width * ((depth + 3) / 4 * 4))
    // SAFETY: the storage has room for the panels, and `codes` for what the strides reach.
    unsafe tlc_pack_int8(
      codes.memory, depth, columnCount, rowStride, columnStride,
      panels.memory.assumingMemoryBound(to: Int8.self))
  }

  /// The number of panels of 16 columns.
  public var panelCount: Int {
    (columnCount + PackedMatrix.panelWidth - 1) / PackedMatrix.panelWidth
  }

  /// The bytes of memory that it takes.
  public var byteCount: Int {
    panels.byteCount + steps.byteCount + remainderStarts.byteCount + (remainders?.byteCount ?? 0)
  }

  /// out[i, j] = ``IntegerProduct/element(sum:scale:step:bias:)`` of row i and column j.
  ///
  /// - Parameters:
  ///   - left: rows that are quantized already.
  ///   - bias: `[columnCount]`, or nothing to add.
  ///   - out: `[rows, columnCount]`, from its element `start` on.
  ///   - start: the place of the first element of row 0 in `out`.
  ///   - rows: the rows to compute; threads may share them out.
  ///   - range: the panels of columns to compute; threads may share them out.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
  /// - Precondition: `left` has this depth, and the elements exist.
  public func multiply(
    _ left: QuantizedRows, bias: Elements<Float>? = nil, into out: Elements<Float>,
    at start: Int = 0, rows: Range<Int>, panels range: Range<Int>,
    on instructions: InstructionSet = .best
  ) {
    guard !rows.isEmpty, !range.isEmpty else { return }
    precondition(left.depth == depth, "rows of \(left.depth), and a matrix of \(depth)")
    precondition(range.lowerBound >= 0 && range.upperBound <= panelCount, "panels \(range)")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= left.rowCount, "rows \(rows)")
    out.require(start + rows.lowerBound * columnCount..<start + rows.upperBound * columnCount)
    bias?.require(0..<columnCount)
    // SAFETY: checked, and the panels, the remainders and the steps are as they were packed.
    unsafe withUnsafePointer(to: left.view) { left in
      let matrix = unsafe tlc_int8_matrix(
        k: depth, n: columnCount, panels: panels.memory.assumingMemoryBound(to: Int8.self),
        remainders: remainders.map {
          unsafe UnsafePointer($0.memory.assumingMemoryBound(to: tlc_remainder.self))
        },
        remainder_starts: remainderStarts.memory.assumingMemoryBound(to: UInt64.self),
        steps: steps.memory.assumingMemoryBound(to: Float.self))
      unsafe withUnsafePointer(to: matrix) { matrix in
        unsafe tlc_gemm_int8(
          instructions.isa, rows.lowerBound, rows.upperBound, range.lowerBound,
          range.upperBound, left, matrix, bias?.memory, out.memory + start, columnCount)
      }
    }
  }
}
