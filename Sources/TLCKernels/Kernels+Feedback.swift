internal import CTLCKernels
public import TLCCore

extension Kernels {
  /// s[i, j] = e[i] · m[j] + s[i, j], rounded once.
  ///
  /// - Parameters:
  ///   - e: an element a row, `eStride` apart, from `eStart` on.
  ///   - eStart: the place of the first of them.
  ///   - eStride: how far apart they are.
  ///   - m: `columnCount` elements, from `mStart` on.
  ///   - mStart: the place of the first of them.
  ///   - s: rows of `columnCount` elements, `sStride` apart, from `sStart` on.
  ///   - sStart: the place of the first element.
  ///   - sStride: how far apart rows are.
  ///   - rowCount: how many rows there are.
  ///   - columnCount: how many columns there are.
  ///   - instructions: what is used of the processor; the bits do not depend on it.
  /// - Precondition: the elements exist.
  public static func addOuterProduct(
    _ e: Elements<Float>, from eStart: Int, stride eStride: Int, _ m: Elements<Float>,
    from mStart: Int, to s: Elements<Float>, at sStart: Int, stride sStride: Int, rowCount: Int,
    columnCount: Int, on instructions: InstructionSet = .best
  ) {
    guard rowCount > 0, columnCount > 0 else { return }
    precondition(eStride >= 1 && sStride >= columnCount, "strides \(eStride) and \(sStride)")
    e.require(eStart..<eStart + (rowCount - 1) * eStride + 1)
    m.require(mStart..<mStart + columnCount)
    s.require(sStart..<sStart + (rowCount - 1) * sStride + columnCount)
    // SAFETY: checked.
    unsafe tlc_add_outer_f32(
      instructions.isa, rowCount, columnCount, e.memory + eStart, eStride, m.memory + mStart,
      s.memory + sStart, sStride)
  }
}
