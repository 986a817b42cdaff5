import Foundation
import Synchronization
import TLC

/// What a person sees: lines on stdout, and progress on stderr where that is a terminal.
enum Terminal {
  private static let isProgressShown = Mutex(false)

  /// Prints a line on stderr.
  static func printError(_ line: String) {
    StandardStreams.say(harmless(line) + "\n")
  }

  /// Prints a line on stdout.
  static func printLine(_ line: String) { print(harmless(line)) }

  /// A line with escapes for what would drive the terminal.
  static func harmless(_ line: String) -> String { Markup.harmless(line) }

  /// Removes the progress line, if one is shown.
  static func clearProgress() {
    isProgressShown.withLock { isShown in
      if isShown { StandardStreams.say("\r\u{1B}[K") }
      isShown = false
    }
  }

  /// Whether a person sees what goes to stderr.
  static var isTerminalOnStderr: Bool { isatty(STDERR_FILENO) == 1 }

  /// Shows a line of progress: in place of the one before, on a terminal.
  static func showProgress(_ line: String, isDone: Bool) {
    guard isTerminalOnStderr else { return printError(line) }
    StandardStreams.say("\r\u{1B}[K\(line)")
    isProgressShown.withLock { $0 = true }
    if isDone { clearProgress() }
  }

  /// A function that shows progress with rate and time left, at most ten times a second.
  ///
  /// - Parameter isForced: show lines even where stderr is not a terminal.
  static func progressPrinter(isForced: Bool, isQuiet: Bool) -> (WorkProgress) -> Void {
    let isTerminal = isTerminalOnStderr
    guard !isQuiet, isTerminal || isForced else { return { _ in } }
    var activity = ""
    var start = ContinuousClock.now
    var last: ContinuousClock.Instant?
    return { progress in
      let now = ContinuousClock.now
      if progress.activity != activity {
        activity = progress.activity
        start = now
        last = nil
      }
      let isDone = progress.doneByteCount >= progress.totalByteCount
      if let last, now - last < .milliseconds(100), !isDone { return }
      last = now
      let line = Self.line(progress, elapsed: now - start)
      showProgress(line, isDone: isDone)
    }
  }

  private static func line(_ progress: WorkProgress, elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let share = Double(progress.doneByteCount) / Double(max(1, progress.totalByteCount))
    var line = "\(progress.activity)  \(Format.percent(share))"
    if seconds > 0.2, progress.doneByteCount > 0 {
      let rate = Double(progress.doneByteCount) / seconds
      let left = Double(progress.totalByteCount - progress.doneByteCount) / rate
      line += "  \(Format.bytes(Int(rate)))/s  \(Int(left.rounded(.up))) s left"
    }
    return line
  }
}
