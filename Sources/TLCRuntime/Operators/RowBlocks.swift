import TLCKernels

/// Rows in blocks, of which a thread does one after the other: what one step gives is still in its caches
/// when the next step reads it.
struct RowBlocks {
  /// The rows of a block at most.
  static let rowCount = 96

  private let rows: Int
  private let threadCount: Int

  /// Returns `nil` where there are fewer rows than a block a thread.
  init?(_ rows: Int, threadCount: Int) {
    guard rows >= Self.rowCount * threadCount else { return nil }
    self.rows = rows
    self.threadCount = threadCount
  }

  /// Calls `body` with each block, and the number of the thread, below the team's count.
  ///
  /// - Precondition: the team has as many threads.
  func forEach(_ team: Team, _ body: @Sendable (_ block: Range<Int>, _ thread: Int) -> Void) {
    team.share(threadCount) { threads in
      for thread in threads {
        let start = rows * thread / threadCount
        let count = rows * (thread + 1) / threadCount - start
        let blocks = (count + Self.rowCount - 1) / Self.rowCount
        for block in 0..<blocks {
          body(start + count * block / blocks..<start + count * (block + 1) / blocks, thread)
        }
      }
    }
  }
}
