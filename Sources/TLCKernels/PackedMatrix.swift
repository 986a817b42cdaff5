internal import CTLCKernels
public import TLCCore

/// The right factor of matrix products, laid out in panels of 16 columns for their kernel.
public struct PackedMatrix: Sendable {
  /// The length of the axis that products sum over.
  public let depth: Int
  public let columnCount: Int
  private let panels: Storage

  public static let panelWidth = Int(tlc_panel_width)

  /// Packs a matrix.
  ///
  /// - Parameters:
  ///   - isTransposed: whether `matrix` has shape `[columnCount, depth]`, not
  ///     `[depth, columnCount]`.
  /// - Precondition: `matrix` has as many elements.
  public init(_ matrix: Elements<Float>, depth: Int, columnCount: Int, isTransposed: Bool) {
    self.depth = depth
    self.columnCount = columnCount
    precondition(matrix.count == depth * columnCount, "\(matrix.count) elements")
    let panelCount = (columnCount + Self.panelWidth - 1) / Self.panelWidth
    panels = Storage(
      byteCount: panelCount * Self.panelWidth * depth * MemoryLayout<Float>.stride)
    // SAFETY: the storage has room for the panels, and `matrix` for what the strides reach.
    unsafe tlc_pack_f32(
      matrix.memory, depth, columnCount, isTransposed ? 1 : columnCount,
      isTransposed ? depth : 1, panels.memory.assumingMemoryBound(to: Float.self))
  }

  /// The number of panels.
  public var panelCount: Int { (columnCount + Self.panelWidth - 1) / Self.panelWidth }

  /// out[i, j] = (one chain of fused multiply-adds over 𝑘, ascending, from +0, of
  /// left[i, 𝑘] · self[𝑘, j]) + bias[j].
  ///
  /// - Parameters:
  ///   - left: `[rows, depth]`, contiguous from its element `leftStart` on.
  ///   - bias: `[columnCount]`, or nothing to add.
  ///   - out: `[rows, columnCount]`, from its element `outStart` on.
  ///   - rows: the rows to compute; threads may share them out.
  ///   - panels: the panels of columns to compute; threads may share them out.
  /// - Precondition: the elements exist.
  public func multiply(
    _ left: Elements<Float>, from leftStart: Int = 0, bias: Elements<Float>? = nil,
    into out: Elements<Float>, at outStart: Int = 0, rows: Range<Int>, panels range: Range<Int>,
    on instructions: InstructionSet = .best
  ) {
    guard !rows.isEmpty, !range.isEmpty else { return }
    precondition(range.lowerBound >= 0 && range.upperBound <= panelCount, "panels \(range)")
    left.require(leftStart + rows.lowerBound * depth..<leftStart + rows.upperBound * depth)
    out.require(
      outStart + rows.lowerBound * columnCount..<outStart + rows.upperBound * columnCount)
    bias?.require(0..<columnCount)
    // SAFETY: checked, and the panels are as they were packed.
    unsafe tlc_gemm_f32(
      instructions.isa, rows.lowerBound, rows.upperBound, range.lowerBound, range.upperBound,
      columnCount, depth, left.memory + leftStart, depth,
      panels.memory.assumingMemoryBound(to: Float.self), bias?.memory, out.memory + outStart,
      columnCount)
  }
}
