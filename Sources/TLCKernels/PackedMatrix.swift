internal import CTLCKernels
public import TLCCore

/// The right factor of matrix products, laid out in panels of 16 columns for their kernel.
public struct PackedMatrix: Sendable {
  /// The length of the axis that products sum over.
  public let depth: Int
  /// The number of columns.
  public let columnCount: Int
  private let panels: Elements<Float>

  /// The columns of a panel.
  public static let panelWidth = Int(tlc_panel_width)

  /// Packs a matrix.
  ///
  /// - Parameters:
  ///   - matrix: `[depth, columnCount]`, or transposed.
  ///   - depth: the length of the axis that products sum over.
  ///   - columnCount: the number of columns.
  ///   - isTransposed: whether `matrix` has shape `[columnCount, depth]`, not
  ///     `[depth, columnCount]`.
  /// - Precondition: `matrix` has as many elements.
  public init(_ matrix: Elements<Float>, depth: Int, columnCount: Int, isTransposed: Bool) {
    precondition(matrix.count == depth * columnCount, "\(matrix.count) elements")
    let count = Self.elementCount(depth: depth, columnCount: columnCount)
    let storage = Storage(uninitialized: count * MemoryLayout<Float>.stride)
    self.init(
      matrix, rowStride: isTransposed ? 1 : columnCount, columnStride: isTransposed ? depth : 1,
      depth: depth, columnCount: columnCount,
      in: Elements(storage, byteOffset: 0, count: count))
  }

  /// Packs a matrix into memory that is there already, of any content.
  ///
  /// - Parameters:
  ///   - matrix: the elements that the matrix is a part of.
  ///   - start: the place of the matrix's first element.
  ///   - rowStride: how far apart rows are, from 0.
  ///   - columnStride: how far apart columns are, from 0.
  ///   - depth: the number of rows: the length of the axis that products sum over.
  ///   - columnCount: the number of columns.
  ///   - memory: ``elementCount(depth:columnCount:)`` elements or more, which are this matrix as
  ///     long as it is used.
  /// - Precondition: the elements exist.
  public init(
    _ matrix: Elements<Float>, from start: Int = 0, rowStride: Int, columnStride: Int, depth: Int,
    columnCount: Int, in memory: Elements<Float>
  ) {
    self.depth = depth
    self.columnCount = columnCount
    panels = memory
    guard depth > 0, columnCount > 0 else { return }
    precondition(start >= 0 && rowStride >= 0 && columnStride >= 0, "strides from 0")
    matrix.require(start..<start + (depth - 1) * rowStride + (columnCount - 1) * columnStride + 1)
    memory.require(0..<Self.elementCount(depth: depth, columnCount: columnCount))
    // SAFETY: the memory has room for the panels, and `matrix` for what the strides reach.
    unsafe tlc_pack_f32(
      matrix.memory + start, depth, columnCount, rowStride, columnStride, memory.memory)
  }

  /// The elements that a packed matrix takes.
  public static func elementCount(depth: Int, columnCount: Int) -> Int {
    (columnCount + panelWidth - 1) / panelWidth * panelWidth * depth
  }

  /// The number of panels.
  public var panelCount: Int { (columnCount + Self.panelWidth - 1) / Self.panelWidth }

  /// The bytes of memory that it takes.
  public var byteCount: Int { panels.count * MemoryLayout<Float>.stride }

  /// out[i, j] = (one chain of fused multiply-adds over 𝑘, ascending, from +0, of
  /// left[i, 𝑘] · self[𝑘, j]) + bias[j]: ``MatrixProduct``, with ``FloatFunctions/nan`` for a NaN.
  ///
  /// - Parameters:
  ///   - left: `[rows, depth]`, from its element `leftStart` on.
  ///   - leftStart: the place of the first element of row 0 in `left`.
  ///   - leftStride: how far apart the rows of `left` are; contiguous where nothing is said.
  ///   - bias: `[columnCount]`, or nothing to add.
  ///   - out: `[rows, columnCount]`, from its element `outStart` on.
  ///   - outStart: the place of the first element of row 0 in `out`.
  ///   - outStride: how far apart the rows of `out` are; contiguous where nothing is said.
  ///   - rows: the rows to compute; threads may share them out.
  ///   - range: the panels of columns to compute; threads may share them out.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
  /// - Precondition: the elements exist.
  public func multiply(
    _ left: Elements<Float>, from leftStart: Int = 0, leftStride: Int? = nil,
    bias: Elements<Float>? = nil, into out: Elements<Float>, at outStart: Int = 0,
    outStride: Int? = nil, rows: Range<Int>, panels range: Range<Int>,
    on instructions: InstructionSet = .best
  ) {
    guard !rows.isEmpty, !range.isEmpty else { return }
    let (leftStride, outStride) = (leftStride ?? depth, outStride ?? columnCount)
    precondition(range.lowerBound >= 0 && range.upperBound <= panelCount, "panels \(range)")
    precondition(leftStride >= 0 && outStride >= columnCount, "\(columnCount) columns a row")
    left.require(
      leftStart + rows.lowerBound * leftStride..<leftStart + (rows.upperBound - 1) * leftStride
        + depth)
    out.require(
      outStart + rows.lowerBound * outStride..<outStart + (rows.upperBound - 1) * outStride
        + columnCount)
    bias?.require(0..<columnCount)
    // SAFETY: checked, and the panels are as they were packed.
    unsafe tlc_gemm_f32(
      instructions.isa, rows.lowerBound, rows.upperBound, range.lowerBound, range.upperBound,
      columnCount, depth, left.memory + leftStart, leftStride, panels.memory, bias?.memory,
      out.memory + outStart, outStride)
  }

  /// The same for `rowCount` rows and all columns, shared out among the threads of a team.
  ///
  /// - Precondition: the elements exist.
  public func multiply(
    _ left: Elements<Float>, from leftStart: Int = 0, leftStride: Int? = nil,
    bias: Elements<Float>? = nil, into out: Elements<Float>, at outStart: Int = 0,
    outStride: Int? = nil, rowCount: Int, team: Team
  ) {
    if team.divides(rowCount, unit: 6, betterThan: panelCount, unit: 4) {
      team.share(rowCount, unit: 6) { part in
        multiply(
          left, from: leftStart, leftStride: leftStride, bias: bias, into: out, at: outStart,
          outStride: outStride, rows: part, panels: 0..<panelCount)
      }
    } else {
      team.share(panelCount, unit: 4) { part in
        multiply(
          left, from: leftStart, leftStride: leftStride, bias: bias, into: out, at: outStart,
          outStride: outStride, rows: 0..<rowCount, panels: part)
      }
    }
  }
}
