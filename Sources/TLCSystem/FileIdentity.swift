internal import Glibc

/// What tells whether a path still is the file that it was: device, inode, length and time of
/// change.
public struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  /// The length in bytes.
  public let byteCount: Int
  private let changedSeconds: Int
  private let changedNanoseconds: Int

  /// The identity of the file at `path`, links followed.
  public init(path: String) throws(IOError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw IOError(operation: "inspect", path: path, code: errno)
    }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    byteCount = Int(status.st_size)
    changedSeconds = status.st_mtim.tv_sec
    changedNanoseconds = status.st_mtim.tv_nsec
  }
}
