/// The states of dependent quantization: `formats/values/trellis.md`.
public struct TrellisStates: Hashable, Sendable {
  /// 4 or 8.
  public let count: Int
  /// The next state of state 𝑠 is at 2𝑠 where the code is even, at 2𝑠 + 1 where it is odd.
  private let next: SIMD16<UInt8>

  /// - Precondition: `count` is 4 or 8.
  public init(count: Int) {
    precondition(count == 4 || count == 8, "\(count) states")
    self.count = count
    next =
      count == 4
      ? [0, 2, 2, 0, 1, 3, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0]
      : [0, 2, 5, 7, 1, 3, 6, 4, 2, 0, 4, 6, 3, 1, 7, 5]
  }

  /// The grid that an element is on: 0 or 1.
  ///
  /// - Precondition: `state` is below ``count``.
  @inlinable public func grid(of state: UInt8) -> UInt8 { count == 8 ? state & 1 : state >> 1 }

  /// The state after a code.
  ///
  /// - Precondition: `state` is below ``count``.
  public func state(after code: Int32, in state: UInt8) -> UInt8 {
    next[Int(state) * 2 + Int(code & 1)]
  }

  /// What a code stands for, in units of the step.
  @inlinable public func multiple(of code: Int32, onGrid grid: UInt8) -> Int32 {
    2 * code - (grid == 1 ? code.signum() : 0)
  }
}
