import Foundation
import TLC

/// Ends the process on Ctrl-C or SIGTERM, leaving no unfinished file behind.
enum Signals {
  /// Watches for the signals from now on, with a thread that waits for them.
  static func removeUnfinishedFilesOnTermination() {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&set, number) }
    // SAFETY: the set is this call's own; every thread made from now on inherits the mask.
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    let thread = Thread {
      var set = sigset_t()
      unsafe sigemptyset(&set)
      for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&set, number) }
      var number: Int32 = 0
      // SAFETY: both are this thread's own.
      guard unsafe sigwait(&set, &number) == 0 else { return }
      AtomicFile.removeAllUnfinished()
      Terminal.clearProgress()
      _exit(128 + number)
    }
    thread.start()
  }
}
