/// Threads that share work out. What they compute does not depend on how many there are.
///
/// Copies are the same threads, which end with the last copy. Where several callers share work out at
/// once, one has the threads, and the others do theirs alone.
public struct Team: Sendable {
  /// At least 1.
  public let threadCount: Int
  private let workers: Workers?

  /// - Precondition: `threadCount` is at least 1.
  public init(threadCount: Int) {
    precondition(threadCount >= 1, "\(threadCount) threads")
    self.threadCount = threadCount
    workers = threadCount == 1 ? nil : Workers(count: threadCount - 1)
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
    guard parts > 1, let workers else {
      if count > 0 { body(0..<count) }
      return
    }
    workers.share(parts) { part in
      let start = units * part / parts * unit
      let end = min(count, units * (part + 1) / parts * unit)
      body(start..<end)
    }
  }

  /// Whether the greatest part of `count` is a smaller share than the greatest part of `other`.
  ///
  /// - Parameters:
  ///   - count: how much there is to do, at least 1.
  ///   - unit: of what the parts of `count` are multiples.
  ///   - other: how much there is to do counted another way, at least 1.
  ///   - otherUnit: of what the parts of `other` are multiples.
  public func divides(_ count: Int, unit: Int, betterThan other: Int, unit otherUnit: Int) -> Bool {
    func greatest(_ count: Int, _ unit: Int) -> Double {
      let units = (count + unit - 1) / unit
      let parts = min(threadCount, units)
      return Double(min(count, (units + parts - 1) / parts * unit)) / Double(count)
    }
    return greatest(count, unit) < greatest(other, otherUnit)
  }
}
