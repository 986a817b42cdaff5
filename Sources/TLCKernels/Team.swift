internal import Dispatch

/// Threads that share work out. What they compute does not depend on how many there are.
public struct Team: Sendable {
  /// At least 1.
  public let threadCount: Int

  /// - Precondition: `threadCount` is at least 1.
  public init(threadCount: Int) {
    precondition(threadCount >= 1, "\(threadCount) threads")
    self.threadCount = threadCount
  }

  /// The thread that asks, alone.
  public static let alone = Team(threadCount: 1)

  /// Calls `body` with ranges that make up `0..<count`, one a thread, and returns when all are done.
  ///
  /// - Parameters:
  ///   - count: how much there is to do.
  ///   - unit: at least 1; ranges but the last are a multiple of it long.
  ///   - body: does the work of a range; it is not called where `count` is 0.
  public func share(_ count: Int, unit: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
    let units = (count + unit - 1) / unit
    let parts = min(threadCount, units)
    guard parts > 1 else {
      if count > 0 { body(0..<count) }
      return
    }
    withoutActuallyEscaping(body) { body in
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        let start = units * part / parts * unit
        let end = min(count, units * (part + 1) / parts * unit)
        body(start..<end)
      }
    }
  }
}
