internal import CTLCKernels
public import TLCCore

/// A symmetric matrix in `f64`, of which the lower triangle counts: second moments, and their Cholesky
/// factor. Bits depend neither on the number of threads nor on the instruction set.
public struct SymmetricMatrix: Sendable {
  /// The number of rows, and of columns.
  public let width: Int
  /// From row to row: whole panels.
  let stride: Int
  let elements: Elements<Double>

  /// The rows of numbers whose products are added at a time, and the columns that are factored.
  private static let blockLength = 64

  /// A matrix of zeros.
  ///
  /// - Precondition: the width is at least 1, and the matrix can be in memory.
  public init(width: Int) {
    precondition(width >= 1 && width < 1 << 24, "a width of \(width)")
    self.width = width
    let panel = Int(tlc_moment_width)
    stride = (width + panel - 1) / panel * panel
    let count = stride * stride
    elements = Elements(
      Storage(byteCount: count * MemoryLayout<Double>.stride), byteOffset: 0, count: count)
  }

  /// The element of a row and a column.
  ///
  /// - Precondition: there are such a row and such a column.
  public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(row >= 0 && row < width && column >= 0 && column < width)
      return elements[max(row, column) * stride + min(row, column)]
    }
    nonmutating set {
      precondition(row >= 0 && row < width && column >= 0 && column < width)
      elements[max(row, column) * stride + min(row, column)] = newValue
    }
  }

  /// The panels of columns.
  private var panelCount: Int { stride / Int(tlc_moment_width) }

  /// Adds the products of rows: to element [i, j] xᵢ · xⱼ of each row, one after the other, each sum
  /// rounded once. So it makes no difference how rows are divided among calls.
  ///
  /// - Parameters:
  ///   - rows: rows of ``width`` elements, one after the other.
  ///   - rowCount: how many there are.
  ///   - team: the threads that share the work out.
  ///   - instructions: what is used of the processor.
  /// - Precondition: the rows exist.
  public func addProducts(
    of rows: Elements<Float>, rowCount: Int, team: Team = .alone,
    on instructions: InstructionSet = .best
  ) {
    rows.require(0..<rowCount * width)
    let packed = memory(Self.blockLength * stride)
    for start in Swift.stride(from: 0, to: rowCount, by: Self.blockLength) {
      let count = min(Self.blockLength, rowCount - start)
      // SAFETY: the rows exist, and the memory has room for whole panels of them.
      unsafe tlc_pack_moments_f32(
        count, width, rows.memory + start * width, width, packed.memory)
      add(packed, count: count, sign: 1, isExact: true, at: 0, team, instructions)
    }
  }

  /// Adds products of a packed matrix's rows to what is below and right of `start`, two panels at a
  /// time: one with few columns, one with many.
  private func add(
    _ packed: Elements<Double>, count: Int, sign: Double, isExact: Bool, at start: Int,
    _ team: Team,
    _ instructions: InstructionSet
  ) {
    let panels = panelCount - start / Int(tlc_moment_width)
    packed.require(0..<panels * Int(tlc_moment_width) * count)
    team.share((panels + 1) / 2) { part in
      for first in part {
        for panel in Set([first, panels - 1 - first]).sorted() {
          // SAFETY: both have whole panels; each is one thread's.
          unsafe tlc_add_products_f64(
            instructions.isa, panel, panel + 1, count, packed.memory, sign, isExact ? 1 : 0,
            elements.memory + start * (stride + 1), stride)
        }
      }
    }
  }

  /// Becomes its Cholesky factor: the lower triangle 𝐿 of which 𝐿𝐿ᵀ is what it was. Each element is
  /// the matrix's less products in ascending order, divided by that of the diagonal, each operation
  /// rounded.
  ///
  /// - Returns: whether it is positive definite; where not, it is of no use any more.
  public func factor(team: Team = .alone, on instructions: InstructionSet = .best) -> Bool {
    let packed = memory(Self.blockLength * stride)
    for start in Swift.stride(from: 0, to: width, by: Self.blockLength) {
      let count = min(Self.blockLength, width - start)
      // SAFETY: the block is in the matrix.
      let diagonal = unsafe elements.memory + start * (stride + 1)
      guard unsafe tlc_factor_diagonal_f64(count, diagonal, stride) == count else { return false }
      let first = start + count
      guard first < width else { return true }
      team.share(width - first, unit: 8) { part in
        // SAFETY: the rows are in the matrix, and each is one thread's.
        unsafe tlc_factor_rows_f64(
          part.count, count, elements.memory + start * (stride + 1),
          elements.memory + (first + part.lowerBound) * stride + start, stride)
      }
      // SAFETY: the rows are in the matrix, and the memory has room for whole panels of them.
      unsafe tlc_pack_moments_f64(
        width - first, count, elements.memory + first * stride + start, stride, packed.memory)
      add(packed, count: count, sign: -1, isExact: false, at: first, team, instructions)
    }
    return true
  }

  private func memory(_ count: Int) -> Elements<Double> {
    Elements(
      Storage(byteCount: count * MemoryLayout<Double>.stride), byteOffset: 0, count: count)
  }
}
