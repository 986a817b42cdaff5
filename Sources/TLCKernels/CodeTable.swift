internal import CTLCKernels
public import TLCCore

/// A table whose rows are looked up: codes of a byte, which are multiplied by their steps only then.
public struct CodeTable: Sendable {
  /// The number of rows.
  public let rowCount: Int
  /// The elements of a row.
  public let rowLength: Int
  private let group: Int
  private let stepStride: Int
  private let codes: Elements<Int8>
  private let steps: Elements<Float>

  /// The table of a tensor's codes, whose rows are what lies along its axes but the first.
  ///
  /// - Returns: `nil` where it has no elements, or steps that are neither one for all, one a row, nor
  ///   one for each group of neighbours along the last of two axes.
  public init?(_ values: ByteCodes) {
    let shape = values.shape
    guard shape.rank > 0, shape.count > 0, let line = Shape([values.steps.count]) else {
      return nil
    }
    rowCount = shape.dimensions[0]
    rowLength = shape.count / rowCount
    switch values.layout {
    case .tensor: (group, stepStride) = (rowLength, 0)
    case .axis(0): (group, stepStride) = (rowLength, 1)
    case .group(1, let size) where shape.rank == 2:
      (group, stepStride) = (size, (rowLength + size - 1) / size)
    default: return nil
    }
    codes = TensorView(sharing: values.codes).elements(of: Int8.self)
    steps = TensorView(Tensor(values.steps, shape: line)).elements(of: Float.self)
  }

  /// Sets elements to rows, one after the other.
  ///
  /// - Parameters:
  ///   - rows: the rows, each below ``rowCount``.
  ///   - range: those of `rows` that are looked up.
  ///   - out: has room for all of `rows`; what `range` says is set.
  /// - Precondition: rows and elements exist.
  public func lookUp(_ rows: [Int], in range: Range<Int>, into out: Elements<Float>) {
    let places = rows[range].map { Int64($0) }
    precondition(
      places.allSatisfy { $0 >= 0 && $0 < rowCount }, "rows of a table of \(rowCount)")
    out.require(range.lowerBound * rowLength..<range.upperBound * rowLength)
    // SAFETY: checked, and the codes and steps are as the table says.
    let table = unsafe tlc_code_table(
      length: rowLength, group: group, codes: codes.memory, steps: steps.memory,
      step_stride: stepStride)
    unsafe withUnsafePointer(to: table) { table in
      unsafe tlc_look_up_codes(
        table, places, places.count, out.memory + range.lowerBound * rowLength)
    }
  }
}
