internal import CTLCKernels
public import TLCCore

/// The right factor of products with activations as they are: codes of 8 or 4 bits with a step a column,
/// or a group of neighbours down it, in panels that kernels read without making a matrix of `f32`.
public struct CodeMatrix: Sendable {
  /// How wide codes are.
  public enum Width: Int, Sendable {
    /// −128…127.
    case eight = 8
    /// −8…7.
    case four = 4

    /// The codes that there may be.
    public var codes: ClosedRange<Int8> { self == .eight ? -128...127 : -8...7 }
  }

  /// The length of the axis that products sum over.
  public let depth: Int
  /// The number of columns.
  public let columnCount: Int
  /// How many neighbours down a column share a step.
  public let group: Int
  /// How wide codes are.
  public let width: Width
  private let panels: Storage
  private let steps: Storage

  /// Packs codes.
  ///
  /// - Parameters:
  ///   - codes: `[depth, columnCount]`, or transposed; the zero point is subtracted already.
  ///   - steps: `[groups, columnCount]`, or transposed as `codes` are.
  ///   - depth: the length of the axis that products sum over.
  ///   - columnCount: the number of columns.
  ///   - group: how many neighbours down a column share a step, at least 1; the depth for a step a
  ///     column. The last group may be shorter.
  ///   - width: how wide codes are.
  ///   - isTransposed: whether `codes` has shape `[columnCount, depth]`, not `[depth, columnCount]`.
  /// - Precondition: both have as many elements, and each code is one of the width.
  public init(
    _ codes: Elements<Int8>, steps: Elements<Float>, depth: Int, columnCount: Int, group: Int,
    width: Width, isTransposed: Bool
  ) {
    precondition(group >= 1, "groups of \(group)")
    let groups = depth == 0 ? 0 : (depth - 1) / group + 1
    precondition(
      codes.count == depth * columnCount && steps.count == groups * columnCount,
      "\(codes.count) codes and \(steps.count) steps")
    precondition(
      width.codes.contains(codes.least) && width.codes.contains(codes.greatest),
      "codes of \(width.rawValue) bits")
    self.depth = depth
    self.columnCount = columnCount
    self.group = group
    self.width = width
    let panelCount = (columnCount + Int(tlc_panel_width) - 1) / Int(tlc_panel_width)
    let bits = Int32(width.rawValue)
    panels = Storage(uninitialized: panelCount * 64 * tlc_blocks_of_codes(depth, group, bits))
    self.steps = Storage(
      uninitialized: panelCount * Int(tlc_panel_width) * groups * MemoryLayout<Float>.stride)
    // SAFETY: the storages have room for the panels, and the elements for what the strides reach.
    unsafe tlc_pack_codes(
      codes.memory, isTransposed ? 1 : columnCount, isTransposed ? depth : 1, steps.memory,
      isTransposed ? 1 : columnCount, isTransposed ? groups : 1, depth, columnCount, group, bits,
      panels.memory.assumingMemoryBound(to: UInt8.self),
      self.steps.memory.assumingMemoryBound(to: Float.self))
  }

  /// The number of panels of 16 columns.
  public var panelCount: Int {
    (columnCount + PackedMatrix.panelWidth - 1) / PackedMatrix.panelWidth
  }

  /// The bytes of memory that it takes.
  public var byteCount: Int { panels.byteCount + steps.byteCount }

  /// out[i, j] = ``CodeProduct/element(_:_:_:group:step:bias:)`` of row i and column j.
  ///
  /// - Parameters:
  ///   - left: `[rows, depth]`, contiguous from its element `leftStart` on.
  ///   - leftStart: the place of the first element of row 0 in `left`.
  ///   - bias: `[columnCount]`, or nothing to add.
  ///   - out: `[rows, columnCount]`, from its element `outStart` on.
  ///   - outStart: the place of the first element of row 0 in `out`.
  ///   - rows: the rows to compute; threads may share them out.
  ///   - range: the panels of columns to compute; threads may share them out.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
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
    // SAFETY: checked, and the panels and steps are as they were packed.
    let matrix = unsafe tlc_code_matrix(
      k: depth, n: columnCount, group: group, bits: Int32(width.rawValue),
      panels: panels.memory.assumingMemoryBound(to: UInt8.self),
      steps: steps.memory.assumingMemoryBound(to: Float.self))
    unsafe withUnsafePointer(to: matrix) { matrix in
      unsafe tlc_gemm_codes(
        instructions.isa, rows.lowerBound, rows.upperBound, range.lowerBound, range.upperBound,
        left.memory + leftStart, depth, matrix, bias?.memory, out.memory + outStart, columnCount)
    }
  }
}
