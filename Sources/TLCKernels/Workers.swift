internal import CTLCKernels
internal import Dispatch
internal import Glibc
internal import Synchronization

/// Threads that take parts of one piece of work after another.
///
/// After a piece they stay awake for a moment, since the next operator's work comes within
/// microseconds, and waking a thread takes longer than much of it; then they sleep.
final class Workers: Sendable {
  private let board: Board
  private let threads: [Thread]

  /// Starts as many threads as the system gives, at most `count`.
  init(count: Int) {
    let isCrowded = count >= sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let board = Board(patience: isCrowded ? 0 : 4000)
    self.board = board
    threads = (0..<count).compactMap { _ in Thread(board) }
  }

  deinit {
    board.close()
    for thread in threads { thread.join() }
  }

  /// Calls `body` with each of `0..<partCount`, and returns when all are done.
  ///
  /// The caller takes parts too; all of them where these threads are at work for another caller, or
  /// for this one further up.
  func share(_ partCount: Int, _ body: @Sendable (Int) -> Void) {
    guard board.begin() else {
      for part in 0..<partCount { body(part) }
      return
    }
    withoutActuallyEscaping(body) { body in
      board.offer(partCount, body)
      while board.workOnPart() {}
      board.finish()
    }
  }
}

/// What workers and the one who asks them have before their eyes.
private final class Board: Sendable {
  /// How often a worker looks for work before it sleeps.
  private let patience: Int
  private let isTaken = Atomic(false)
  private let isClosed = Atomic(false)
  /// The parts that nobody has begun, and those that are not done.
  private let remaining = Atomic(0)
  private let unfinished = Atomic(0)
  /// Sleeping workers that nobody has woken.
  private let sleeperCount = Atomic(0)
  private let bell = DispatchSemaphore(value: 0)
  // SAFETY: written before `remaining` is raised and after `unfinished` is 0; read by who has taken a
  // part and not yet done it.
  private nonisolated(unsafe) var body: (@Sendable (Int) -> Void)?

  init(patience: Int) { self.patience = patience }

  func begin() -> Bool {
    isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func offer(_ partCount: Int, _ body: @escaping @Sendable (Int) -> Void) {
    unsafe self.body = body
    unfinished.store(partCount, ordering: .relaxed)
    remaining.store(partCount, ordering: .sequentiallyConsistent)
    // A worker counts itself before it looks a last time: it sees the parts, or is seen here.
    if sleeperCount.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
  }

  /// Takes a part and does it; says whether there was one.
  func workOnPart() -> Bool {
    var count = remaining.load(ordering: .relaxed)
    while count > 0 {
      let (isMine, found) = remaining.weakCompareExchange(
        expected: count, desired: count - 1, ordering: .acquiring)
      guard isMine else {
        count = found
        continue
      }
      unsafe body?(count - 1)
      unfinished.subtract(1, ordering: .releasing)
      return true
    }
    return false
  }

  /// Waits for the parts that workers have begun.
  func finish() {
    var looks = 0
    while unfinished.load(ordering: .acquiring) > 0 {
      looks += 1
      if looks <= patience { tlc_pause() } else { sched_yield() }
    }
    unsafe body = nil
    isTaken.store(false, ordering: .releasing)
  }

  /// The life of a worker.
  func work() {
    var looks = 0
    while !isClosed.load(ordering: .relaxed) {
      if workOnPart() {
        looks = 0
      } else if looks < patience {
        looks += 1
        tlc_pause()
      } else {
        sleep()
        looks = 0
      }
    }
  }

  private func sleep() {
    sleeperCount.add(1, ordering: .sequentiallyConsistent)
    if remaining.load(ordering: .sequentiallyConsistent) > 0
      || isClosed.load(ordering: .sequentiallyConsistent)
    {
      wakeAll()
    }
    bell.wait()
  }

  private func wakeAll() {
    for _ in 0..<sleeperCount.exchange(0, ordering: .sequentiallyConsistent) { bell.signal() }
  }

  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    wakeAll()
  }
}

/// A thread of the system that works for a board.
private struct Thread: Sendable {
  private let name: pthread_t

  /// Nothing where the system gives no more threads.
  init?(_ board: Board) {
    var name = pthread_t()
    let context = unsafe Unmanaged.passRetained(board)
    // SAFETY: the thread takes over the reference that is retained here.
    let status = unsafe pthread_create(
      &name, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Board>.fromOpaque(context).takeRetainedValue().work()
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      unsafe context.release()
      return nil
    }
    self.name = name
  }

  /// Once, by who started it.
  func join() {
    _ = pthread_join(name, nil)
  }
}
