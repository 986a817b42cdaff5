internal import Glibc

/// A text file that grows by whole lines, and that one process has at a time.
///
/// A line is written by one call and flushed to disk before the call returns. A last line without
/// an end, which a process that was killed left, is cut off when the file is opened.
public final class AppendedFile: Sendable {
  /// The path.
  public let path: String
  /// The lines that were there when the file was opened, without their ends.
  public let lines: [String]
  private let descriptor: Int32

  /// Opens a file, or creates it.
  ///
  /// - Throws: ``IOError``, with `EWOULDBLOCK` where another process has the file, and `EILSEQ` where
  ///   it is not UTF-8.
  public init(path: String) throws(IOError) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw IOError(operation: "open", path: path, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw IOError(
        operation: "write while another process does", path: path, code: code)
    }
    do throws(IOError) {
      let file = try InputFile(path: path)
      let bytes = try file.read(at: 0, count: file.byteCount)
      let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      guard let text = String(validating: bytes[..<end], as: UTF8.self) else {
        throw IOError(operation: "read as UTF-8", path: path, code: EILSEQ)
      }
      guard end == bytes.count || ftruncate(descriptor, off_t(end)) == 0 else {
        throw IOError(operation: "shorten", path: path, code: errno)
      }
      lines = text.split(separator: "\n").map { String($0) }
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Removes all lines.
  public func clear() throws(IOError) {
    guard ftruncate(descriptor, 0) == 0 else {
      throw IOError(operation: "shorten", path: path, code: errno)
    }
  }

  /// Appends a line and flushes it to disk; where that fails, nothing of it stays.
  ///
  /// - Precondition: it has no end of line in it.
  public func append(_ line: String) throws(IOError) {
    precondition(!line.utf8.contains(UInt8(ascii: "\n")), "a line that is two")
    let bytes = Array((line + "\n").utf8)
    let end = lseek(descriptor, 0, SEEK_END)
    let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count else {
      let code = count < 0 ? errno : ENOSPC
      if end >= 0 { _ = ftruncate(descriptor, end) }
      throw IOError(operation: "append to", path: path, code: code)
    }
    guard fdatasync(descriptor) == 0 else {
      throw IOError(operation: "flush", path: path, code: errno)
    }
  }
}
