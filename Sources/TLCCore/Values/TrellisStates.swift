/// The states of dependent quantization: `formats/values/trellis.md`.
public struct TrellisStates: Hashable, Sendable {
  /// 4 or 8.
  public let count: Int
  /// The next state of state 𝑠 is in the four bits of place 2𝑠 where the code is even, of place
  /// 2𝑠 + 1 where it is odd.
  @usableFromInline let next: UInt64

  /// - Precondition: `count` is 4 or 8.
  public init(count: Int) {
    precondition(count == 4 || count == 8, "\(count) states")
    self.count = count
    let table: [UInt64] =
      count == 4
      ? [0, 2, 2, 0, 1, 3, 3, 1] : [0, 2, 5, 7, 1, 3, 6, 4, 2, 0, 4, 6, 3, 1, 7, 5]
    next = table.reversed().reduce(0) { $0 << 4 | $1 }
  }

  /// The grid that an element is on: 0 or 1.
  ///
  /// - Precondition: `state` is below ``count``.
  @inlinable public func grid(of state: UInt8) -> UInt8 { count == 8 ? state & 1 : state >> 1 }

  /// The state after a code.
  ///
  /// - Precondition: `state` is below ``count``.
  @inlinable public func state(after code: Int32, in state: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: next &>> (UInt64(state) &* 8 &+ UInt64(code & 1) &* 4) & 15)
  }

  /// What a code stands for, in units of the step.
  @inlinable public func multiple(of code: Int32, onGrid grid: UInt8) -> Int32 {
    // The sign, where the grid is 1; without a branch, which nothing could foresee.
    2 &* code &- ((code > 0 ? 1 : 0) &- (code < 0 ? 1 : 0)) &* Int32(grid)
  }
}
