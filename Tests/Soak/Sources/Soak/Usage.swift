import CMalloc
import Foundation
import Glibc

/// What the process holds while no run is under way.
struct Usage {
  /// Pages in memory.
  let residentByteCount: Int
  /// What `malloc` has given out.
  let heapByteCount: Int
  /// Open files.
  let fileCount: Int

  /// What is held now.
  static func now() throws -> Usage {
    let statm = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    let heap = mallinfo2()
    return Usage(
      residentByteCount: pages * Int(sysconf(Int32(_SC_PAGESIZE))),
      heapByteCount: Int(heap.uordblks + heap.hblkhd),
      fileCount: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count)
  }
}
