internal import Glibc
internal import Synchronization

/// What happens when a signal asks the process to end: SIGINT, SIGTERM or SIGHUP.
public enum Termination {
  private static let state = Mutex<(@Sendable () -> Void)?>(nil)

  /// From now on, on such a signal, removes every unfinished ``AtomicFile``, calls `body`, and ends
  /// the process with status 128 + the signal's number.
  ///
  /// Whatever thread it reaches, those of libraries too; but signals that the process was started to
  /// ignore, as `nohup` does, stay ignored. Calls after the first change `body` alone.
  public static func handle(by body: @escaping @Sendable () -> Void) {
    let isFirst = state.withLock { state in
      defer { state = body }
      return state == nil
    }
    guard isFirst, Pipe.numbers.output >= 0 else { return }
    var thread = pthread_t()
    // SAFETY: the thread takes no argument, and runs until the process ends.
    guard unsafe pthread_create(&thread, nil, { _ in unsafe Termination.wait() }, nil) == 0
    else { return }
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // What is called writes to a pipe that is open until the process ends, as handlers may.
      let previous = signal(number) { number in
        var byte = UInt8(truncatingIfNeeded: number)
        // SAFETY: the byte is its own.
        unsafe _ = write(Pipe.numbers.input, &byte, 1)
      }
      // SAFETY: what the two have in common is that they are as large as an address.
      if unsafe unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        _ = signal(number, SIG_IGN)
      }
    }
  }

  /// Where handlers write the numbers of signals; −1 where there is none.
  private enum Pipe {
    static let numbers: (output: Int32, input: Int32) = {
      var ends: [Int32] = [-1, -1]
      // SAFETY: there is room for two.
      guard unsafe pipe(&ends) == 0 else { return (-1, -1) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return (ends[0], ends[1])
    }()
  }

  private static func wait() -> UnsafeMutableRawPointer? {
    var number: UInt8 = 0
    // SAFETY: the byte is this thread's own.
    while unsafe read(Pipe.numbers.output, &number, 1) != 1 {
      guard errno == EINTR else { return nil }
    }
    AtomicFile.removeAllUnfinished()
    state.withLock { $0 }?()
    _exit(128 + Int32(number))
  }
}
