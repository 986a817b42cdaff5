internal import TLCCore
internal import TLCKernels

/// The elements of a tensor as lines, and where each line lies in other tensors.
///
/// Neighbouring axes that lie one after the other in all of them are taken as one, so that lines are
/// as long as can be.
struct Walk: Sendable {
  /// The elements of a line.
  let length: Int
  /// The number of lines.
  let count: Int
  /// How far apart the elements of a line are in each source.
  let steps: [Int]
  private let outer: [Int]
  /// For each outer axis, how far apart its neighbours are in each source.
  private let strides: [[Int]]

  /// The elements that threads are given at least.
  static let unit = 1 << 14

  /// - Parameters:
  ///   - lengths: of the axes.
  ///   - sources: for each source, how far apart the neighbours along each axis are.
  init(_ lengths: [Int], sources: [[Int]]) {
    var axes: [(length: Int, steps: [Int])] = []
    for (axis, length) in lengths.enumerated() where length != 1 {
      let steps = sources.map { $0[axis] }
      if let last = axes.last, zip(last.steps, steps).allSatisfy({ $0 == $1 * length }) {
        axes[axes.count - 1] = (last.length * length, steps)
      } else {
        axes.append((length, steps))
      }
    }
    let line = axes.popLast() ?? (1, sources.map { _ in 0 })
    (length, steps) = line
    outer = axes.map { $0.length }
    strides = axes.map { $0.steps }
    count = line.length == 0 ? 0 : outer.reduce(1, *)
  }

  /// Calls `body` with each line of a range, and where it starts in each source.
  func forEach(in lines: Range<Int>, _ body: (_ line: Int, _ places: [Int]) -> Void) {
    var places = Places(
      outer, strides: strides, sourceCount: steps.count, from: lines.lowerBound)
    for line in lines {
      body(line, places.places)
      places.advance()
    }
  }

  /// Calls `body` with lines, or parts of one where it is the only one, shared out among threads.
  ///
  /// - Parameter body: takes the place of the first element among all, the number of elements, and
  ///   where they start in each source.
  @inline(__always)
  func share(
    _ team: Team, _ body: @Sendable (_ start: Int, _ count: Int, _ places: [Int]) -> Void
  ) {
    if count == 1 {
      team.share(length, unit: Self.unit) { part in
        body(part.lowerBound, part.count, steps.map { $0 * part.lowerBound })
      }
    } else {
      team.share(count, unit: max(1, Self.unit / max(1, length))) { lines in
        forEach(in: lines) { line, places in body(line * length, length, places) }
      }
    }
  }
}

extension Shape {
  /// How far apart neighbours along each axis are.
  var strides: [Int] { dimensions.indices.map { stride(of: $0) } }
}
