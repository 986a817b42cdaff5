internal import Glibc
internal import Synchronization

/// A file in the making: written beside its final path, and moved there whole or not at all.
///
/// The bytes go to a temporary sibling that ``commit()`` flushes to disk and renames, so a reader
/// of the final path sees the old file or the new one. An uncommitted file is removed when this
/// value is destroyed, and by ``removeAllUnfinished()``.
public final class AtomicFile {
  /// The final path.
  public let path: String
  /// The bytes appended so far.
  public private(set) var byteCount = 0
  /// `nil` where the bytes go nowhere.
  private let temporaryPath: String?
  private let descriptor: Int32
  private let overwriting: Bool

  /// Creates the temporary sibling.
  ///
  /// - Parameters:
  ///   - path: where the file is to be.
  ///   - overwriting: whether a file there may be replaced.
  ///   - mode: the permissions of the file, before the process's mask.
  /// - Throws: ``IOError``, with `EEXIST` where a file is there and may not be replaced.
  public init(path: String, overwriting: Bool, mode: UInt32 = 0o666) throws(IOError) {
    if !overwriting, unsafe access(path, F_OK) == 0 {
      throw IOError(operation: "write", path: path, code: EEXIST)
    }
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw IOError(operation: "replace what is not a regular file", path: path, code: EINVAL)
    }
    let temporaryPath = "\(path).\(getpid())-\(Unfinished.nextOrdinal()).partial"
    let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
    Unfinished.add(temporaryPath)
    let descriptor = unsafe open(temporaryPath, flags, mode)
    guard descriptor >= 0 else {
      let code = errno
      Unfinished.remove(temporaryPath)
      throw IOError(operation: "create a file beside", path: path, code: code)
    }
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
    self.overwriting = overwriting
  }

  /// A file whose bytes are counted and go nowhere: ``commit()`` does nothing.
  ///
  /// - Parameter path: where the file would be, which errors name.
  public init(discarding path: String) throws(IOError) {
    let descriptor = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw IOError(operation: "open", path: "/dev/null", code: errno)
    }
    self.path = path
    temporaryPath = nil
    self.descriptor = descriptor
    overwriting = false
  }

  deinit {
    close(descriptor)
    if let temporaryPath, Unfinished.remove(temporaryPath) { unsafe _ = unlink(temporaryPath) }
  }

  /// The path of the temporary sibling, for writers that take a path.
  ///
  /// - Precondition: its bytes are not discarded.
  public var unfinishedPath: String {
    guard let temporaryPath else { preconditionFailure("a discarded file has no path") }
    return temporaryPath
  }

  /// Appends bytes.
  public func append(_ bytes: Span<UInt8>) throws(IOError) {
    try write(bytes, at: byteCount)
    byteCount += bytes.count
  }

  /// Writes over bytes that were appended before.
  public func overwrite(_ bytes: Span<UInt8>, at offset: Int) throws(IOError) {
    precondition(offset + bytes.count <= byteCount, "overwriting past the end")
    try write(bytes, at: offset)
  }

  private func write(_ bytes: Span<UInt8>, at offset: Int) throws(IOError) {
    let code = unsafe bytes.withUnsafeBytes { raw -> Int32 in
      var done = 0
      while done < raw.count {
        // SAFETY: `raw` has `count` bytes, of which `count - done` are left from `done` on.
        let put = unsafe pwrite(
          descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, offset + done)
        if put < 0 && errno == EINTR { continue }
        if put < 0 { return errno }
        done += put
      }
      return 0
    }
    guard code == 0 else { throw IOError(operation: "write", path: path, code: code) }
  }

  /// Flushes the bytes to disk and moves the file to its final path; nothing may follow.
  public func commit() throws(IOError) { try commit(to: path) }

  /// Flushes the bytes to disk and moves the file to another path of the same folder, where a name
  /// is known only at the end.
  public func commit(to path: String) throws(IOError) {
    guard let temporaryPath else { return }
    guard fsync(descriptor) == 0 else {
      throw IOError(operation: "flush", path: path, code: errno)
    }
    if overwriting {
      guard unsafe rename(temporaryPath, path) == 0 else {
        throw IOError(operation: "move into place", path: path, code: errno)
      }
      Unfinished.remove(temporaryPath)
    } else {
      // A link fails where a file has appeared meanwhile; a rename would replace it.
      let linked = unsafe link(temporaryPath, path)
      guard linked == 0 || errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else {
        throw IOError(operation: "write", path: path, code: errno)
      }
      let code = linked == 0 ? unsafe unlink(temporaryPath) : unsafe rename(temporaryPath, path)
      guard code == 0 else { throw IOError(operation: "move into place", path: path, code: errno) }
      Unfinished.remove(temporaryPath)
    }
    Self.flushFolder(of: path)
  }

  /// Makes the rename itself durable; a file system that cannot flush a folder is left as it is.
  private static func flushFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Removes the temporary siblings of every uncommitted file of this process: for a program that
  /// is about to end on a signal.
  public static func removeAllUnfinished() { Unfinished.removeAll() }
}

/// The temporary files that this process has begun and not committed.
private enum Unfinished {
  private static let state = Mutex((paths: [String](), ordinal: 0))

  static func nextOrdinal() -> Int {
    state.withLock {
      $0.ordinal += 1
      return $0.ordinal
    }
  }

  static func add(_ path: String) { state.withLock { $0.paths.append(path) } }

  /// Whether the path was still listed.
  @discardableResult static func remove(_ path: String) -> Bool {
    state.withLock { state in
      guard let index = state.paths.firstIndex(of: path) else { return false }
      state.paths.remove(at: index)
      return true
    }
  }

  static func removeAll() {
    state.withLock { state in
      for path in state.paths { unsafe _ = unlink(path) }
      state.paths = []
    }
  }
}
