internal import Dispatch
internal import Glibc
internal import Synchronization

/// How many threads a piece of work may use. Results never depend on it.
public struct Parallelism: Equatable, Sendable {
  /// At least 1.
  public let threads: Int

  /// - Precondition: `threads` is at least 1.
  public init(threads: Int) {
    precondition(threads >= 1, "\(threads) threads")
    self.threads = threads
  }

  /// One thread.
  public static let serial = Parallelism(threads: 1)
  /// A thread a processor that is online.
  public static let automatic = Parallelism(threads: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Calls `body` for each index in `0..<count`, up to ``threads`` at a time, and returns the
  /// results in order.
  ///
  /// Work is handed out in order of index. After a failure no more is begun.
  /// - Throws: of the indices whose body threw, the error of the lowest that was reached. Indices
  ///   before it have all been done, so it is the same error for any number of threads.
  public func map<Result: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    let workers = min(threads, count)
    guard workers > 1 else {
      var results: [Result] = []
      results.reserveCapacity(count)
      for i in 0..<count { results.append(try body(i)) }
      return results
    }
    let state = Mutex(State<Result, Failure>(count: count))
    withoutActuallyEscaping(body) { body in
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        while let i = state.withLock({ $0.take() }) {
          do throws(Failure) {
            let result = try body(i)
            state.withLock { $0.results[i] = result }
          } catch {
            state.withLock { $0.fail(at: i, error) }
          }
        }
      }
    }
    return try state.withLock { state throws(Failure) in
      if let failure = state.failure { throw failure.error }
      return state.results.compactMap { $0 }
    }
  }
}

private struct State<Result: Sendable, Failure: Error> {
  var next = 0
  var results: [Result?]
  var failure: (index: Int, error: Failure)?

  init(count: Int) { results = Array(repeating: nil, count: count) }

  mutating func take() -> Int? {
    guard failure == nil, next < results.count else { return nil }
    defer { next += 1 }
    return next
  }

  mutating func fail(at index: Int, _ error: Failure) {
    if let failure, failure.index < index { return }
    failure = (index, error)
  }
}
