internal import Glibc
internal import TLCCore

/// A regular file open for reading at any offset, from any thread.
///
/// Every read copies into private memory, so a file that changes or shrinks meanwhile gives other
/// bytes or an error, never a fault.
public final class InputFile: Sendable {
  /// The path, as it was given.
  public let path: String
  private let descriptor: Int32
  /// The length in bytes when the file was opened.
  public let byteCount: Int

  /// Opens the file at `path`.
  ///
  /// - Throws: ``IOError``; a folder, a device or a pipe is refused as not a regular file.
  public init(path: String) throws(IOError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw IOError(operation: "open", path: path, code: errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      defer { close(descriptor) }
      throw IOError(operation: "inspect", path: path, code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let code = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
      throw IOError(operation: "read as a regular file", path: path, code: code)
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads `count` bytes from `offset`.
  ///
  /// - Throws: ``IOError``, with `EIO` where the file ends before them.
  /// - Precondition: neither is negative.
  public func read(at offset: Int, count: Int) throws(IOError) -> [UInt8] {
    try [UInt8](unsafeUninitializedCount: count) { bytes throws(IOError) in
      try read(at: offset, into: &bytes)
    }
  }

  /// Fills `bytes` from `offset`.
  ///
  /// - Throws: ``IOError``, with `EIO` where the file ends before them.
  public func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(IOError) {
    let count = bytes.count
    let code = unsafe bytes.withUnsafeMutableBytes { raw -> Int32 in
      var done = 0
      while done < count {
        // SAFETY: `raw` has `count` bytes, of which `count - done` are left from `done` on.
        let got = unsafe pread(
          descriptor, raw.baseAddress?.advanced(by: done), count - done, offset + done)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { return errno }
        if got == 0 { return EIO }
        done += got
      }
      return 0
    }
    guard code == 0 else { throw IOError(operation: "read", path: path, code: code) }
  }

  /// The SHA-256 of the whole file, read once in blocks.
  public func digest() throws(IOError) -> Digest {
    var hasher = Digest.Hasher()
    var offset = 0
    while offset < byteCount {
      let block = try read(at: offset, count: min(1 << 20, byteCount - offset))
      hasher.update(block.span)
      offset += block.count
    }
    return hasher.finalize()
  }
}
