internal import Glibc
internal import Synchronization

/// What happens when a signal asks the process to end: SIGINT, SIGTERM or SIGHUP.
public enum Termination {
  private static let state = Mutex<(@Sendable () -> Void)?>(nil)

  /// From now on, on such a signal, removes every unfinished ``AtomicFile``, calls `body`, and ends
  /// the process with status 128 + the signal's number.
  ///
  /// Called before other threads are made, which inherit what it blocks. Calls after the first
  /// change `body` alone.
  public static func handle(by body: @escaping @Sendable () -> Void) {
    let isFirst = state.withLock { state in
      defer { state = body }
      return state == nil
    }
    guard isFirst else { return }
    var signals = set()
    // SAFETY: the set is this call's own.
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    var thread = pthread_t()
    // SAFETY: the thread takes no argument, and runs until the process ends.
    unsafe _ = pthread_create(&thread, nil, { _ in unsafe Termination.wait() }, nil)
  }

  private static func set() -> sigset_t {
    var signals = sigset_t()
    // SAFETY: the set is this call's own.
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
    return signals
  }

  private static func wait() -> UnsafeMutableRawPointer? {
    var signals = set()
    var number: Int32 = 0
    // SAFETY: both are this thread's own.
    guard unsafe sigwait(&signals, &number) == 0 else { return nil }
    AtomicFile.removeAllUnfinished()
    state.withLock { $0 }?()
    _exit(128 + number)
  }
}
