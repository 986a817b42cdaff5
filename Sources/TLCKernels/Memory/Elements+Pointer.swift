internal import TLCCore

extension Elements {
  /// Lends the memory of the elements to a library of products.
  ///
  /// - Precondition: `range` is in `0..<count`.
  package func withMemory<Result>(
    of range: Range<Int>, _ body: (UnsafeMutablePointer<Element>) -> Result
  ) -> Result {
    require(range)
    // SAFETY: the range exists, and `self` keeps its storage alive while `body` runs.
    return unsafe body(memory + range.lowerBound)
  }
}
