internal import Glibc

/// Folders of the file system.
public enum Folder {
  /// Whether a path is that of a folder, links followed.
  public static func isThere(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a folder, and those above it, where they are not there.
  ///
  /// - Throws: ``IOError``, also where a file has the place of one of them.
  public static func create(_ path: String) throws(IOError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    var folder = path.hasPrefix("/") ? "" : "."
    for part in parts {
      folder += "/\(part)"
      guard unsafe mkdir(folder, 0o777) != 0 else { continue }
      let code = errno
      guard isThere(folder) else {
        // `EEXIST` is that of a file.
        throw IOError(
          operation: "make the folder", path: path, code: code == EEXIST ? ENOTDIR : code)
      }
    }
  }
}
