@unsafe @preconcurrency internal import Glibc

/// The three streams of a process, as a tool needs them.
public enum StandardStreams {
  /// Opens nothing in the place of a stream that is closed, so that no file takes it, and turns the
  /// signal of a file that grows too long into an error of its writer.
  public static func prepare() {
    var descriptor: Int32
    repeat { descriptor = unsafe open("/dev/null", O_RDWR) } while (0...2).contains(descriptor)
    if descriptor > 2 { close(descriptor) }
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Writes bytes to stdout, after what was printed.
  ///
  /// - Throws: ``IOError`` where they have no place.
  public static func write(_ bytes: [UInt8]) throws(IOError) {
    // SAFETY: the stream is the process's own, has its own lock, and is never closed here.
    let count = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, stdout) }
    guard count == bytes.count else { throw Self.error(errno) }
  }

  /// Hands the system what was printed.
  ///
  /// - Throws: ``IOError`` where it, or anything that was printed before, had no place.
  public static func flush() throws(IOError) {
    // SAFETY: as above.
    guard unsafe fflush(stdout) == 0 else { throw error(errno) }
    guard unsafe ferror(stdout) == 0 else { throw error(EIO) }
  }

  /// Says something on stderr; what has no place there is left unsaid.
  public static func say(_ text: String) {
    // SAFETY: the stream is the process's own, and has its own lock.
    unsafe _ = fputs(text, stderr)
  }

  private static func error(_ code: Int32) -> IOError {
    IOError(operation: "write", path: "standard output", code: code)
  }
}
