public import TLCCore

/// Loops over lines of elements, whose bounds are checked once a line.
public enum Lines {
  /// Sets `count` elements of `out`, from `place` on, to `body` of elements of `x`.
  ///
  /// - Precondition: the elements exist; `x` may be the same memory as `out`, not overlap otherwise.
  @inlinable @inline(__always)
  public static func map<A: TensorElement, Out: TensorElement>(
    _ count: Int, _ x: Elements<A>, from start: Int, into out: Elements<Out>, at place: Int,
    _ body: (A) -> Out
  ) {
    guard count > 0 else { return }
    x.require(line: count, from: start, step: 1)
    out.require(line: count, from: place, step: 1)
    // SAFETY: both lines exist.
    let (a, z) = unsafe (x.memory + start, out.memory + place)
    for i in 0..<count { unsafe z[i] = body(unsafe a[i]) }
  }

  /// Sets `count` elements of `out`, from `place` on, to `body` of pairs of elements.
  ///
  /// - Parameters:
  ///   - count: how many elements to set.
  ///   - x: the elements that `body` is given first.
  ///   - xStart: the place of the first of them.
  ///   - xStep: how far apart they are; 0 repeats one.
  ///   - y: the elements that `body` is given second.
  ///   - yStart: the place of the first of them.
  ///   - yStep: how far apart they are; 0 repeats one.
  ///   - out: takes the results, one beside the other.
  ///   - place: the place of the first result.
  ///   - body: the function.
  /// - Precondition: the elements exist; `x` and `y` may be the same memory as `out`, not overlap
  ///   otherwise.
  @inlinable @inline(__always)
  public static func map<A: TensorElement, B: TensorElement, Out: TensorElement>(
    _ count: Int, _ x: Elements<A>, from xStart: Int, step xStep: Int,
    _ y: Elements<B>, from yStart: Int, step yStep: Int,
    into out: Elements<Out>, at place: Int, _ body: (A, B) -> Out
  ) {
    guard count > 0 else { return }
    x.require(line: count, from: xStart, step: xStep)
    y.require(line: count, from: yStart, step: yStep)
    out.require(line: count, from: place, step: 1)
    // SAFETY: all three lines exist.
    let (a, b, z) = unsafe (x.memory + xStart, y.memory + yStart, out.memory + place)
    switch (xStep, yStep) {
    case (1, 1): for i in 0..<count { unsafe z[i] = body(unsafe a[i], unsafe b[i]) }
    case (1, 0):
      let other = unsafe b[0]
      for i in 0..<count { unsafe z[i] = body(unsafe a[i], other) }
    case (0, 1):
      let other = unsafe a[0]
      for i in 0..<count { unsafe z[i] = body(other, unsafe b[i]) }
    default:
      for i in 0..<count { unsafe z[i] = body(unsafe a[i * xStep], unsafe b[i * yStep]) }
    }
  }

  /// Sets `count` elements of `out`, from `place` on, to those of `x` where `mask` is not 0, else of
  /// `y`.
  ///
  /// - Precondition: the elements exist; none are the same memory as `out`.
  @inlinable @inline(__always)
  public static func choose<Word: TensorElement>(
    _ count: Int, _ mask: Elements<UInt8>, from maskStart: Int, step maskStep: Int,
    _ x: Elements<Word>, from xStart: Int, step xStep: Int,
    _ y: Elements<Word>, from yStart: Int, step yStep: Int,
    into out: Elements<Word>, at place: Int
  ) {
    guard count > 0 else { return }
    mask.require(line: count, from: maskStart, step: maskStep)
    x.require(line: count, from: xStart, step: xStep)
    y.require(line: count, from: yStart, step: yStep)
    out.require(line: count, from: place, step: 1)
    // SAFETY: all four lines exist.
    let (m, z) = unsafe (mask.memory + maskStart, out.memory + place)
    let (a, b) = unsafe (x.memory + xStart, y.memory + yStart)
    for i in 0..<count {
      unsafe z[i] = m[i * maskStep] != 0 ? a[i * xStep] : b[i * yStep]
    }
  }

  /// The sum of a term for each of `count` elements of `x`, from `start` on, in the order of
  /// `formats/graph.md` §Numbers: 16 lanes, and then a tree.
  ///
  /// - Precondition: the elements exist.
  @inlinable @inline(__always)
  public static func sum<Number: TensorElement & FloatingPoint & SIMDScalar>(
    _ count: Int, _ x: Elements<Number>, from start: Int, _ term: (Number) -> Number
  ) -> Number {
    guard count > 0 else { return 0 }
    x.require(line: count, from: start, step: 1)
    // SAFETY: the line exists.
    let a = unsafe x.memory + start
    let whole = count & ~15
    var lanes = SIMD16<Number>()
    for i in stride(from: 0, to: whole, by: 16) {
      for j in 0..<16 { lanes[j] += term(unsafe a[i + j]) }
    }
    for j in 0..<count - whole { lanes[j] += term(unsafe a[whole + j]) }
    let eight = lanes.lowHalf + lanes.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

extension Elements {
  /// Requires that a line of elements exists.
  @usableFromInline
  func require(line count: Int, from start: Int, step: Int) {
    let (reach, overflow) = (count - 1).multipliedReportingOverflow(by: step)
    precondition(
      !overflow && start >= 0 && start < self.count && start + reach >= 0
        && start + reach < self.count,
      "\(count) elements from \(start), \(step) apart, of \(self.count)")
  }
}
