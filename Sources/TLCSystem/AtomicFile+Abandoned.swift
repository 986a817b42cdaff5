internal import Glibc

extension AtomicFile {
  /// The ending of a file in the making.
  private static let ending = ".partial"

  /// Removes what processes that were killed while they wrote a file left beside it.
  ///
  /// - Precondition: whoever may write the file is a process of this machine: what names a process that
  ///   is there stays.
  public static func removeAbandoned(of path: String) {
    let (folder, name) = split(path)
    for sibling in names(in: folder) where sibling.hasPrefix("\(name).") {
      let parts = sibling.dropFirst(name.count).split(separator: ".")
      guard parts.count == 2, sibling.hasSuffix(ending),
        let process = parts[0].split(separator: "-").first.flatMap({ pid_t($0) }), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      unsafe _ = unlink("\(folder)/\(sibling)")
    }
  }

  /// Removes all files in the making of a folder.
  ///
  /// - Precondition: no process writes into the folder.
  public static func removeAllAbandoned(in folder: String) {
    for name in names(in: folder) where name.hasSuffix(ending) {
      unsafe _ = unlink("\(folder)/\(name)")
    }
  }

  /// A path's folder, and its name in it.
  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.utf8.index(after: slash)...]))
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      // SAFETY: the name ends in 0, and stays until the next entry is read.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      names.append(name)
    }
    return names
  }
}
