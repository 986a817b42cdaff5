public import Foundation

/// A folder of its own for one test, gone afterwards.
public final class Scratch {
  public let root: URL

  public init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "tlc-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  /// The path of a file in the folder.
  public func path(_ name: String) -> String { root.appending(path: name).path }

  /// Writes a file, and returns its path.
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: root.appending(path: name))
    return path(name)
  }

  /// The names of all files in the folder, sorted.
  public func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
  }
}
