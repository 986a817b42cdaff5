import Foundation

/// A folder of this process in `TMPDIR`, for what is opened by path.
enum ScratchFolder {
  private static let folder: URL = {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "tlc-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      fatalError("\(error)")
    }
    return folder
  }()

  /// The files that inputs go with.
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../../../fixtures").standardizedFileURL

  /// The path of a name.
  static func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Writes a file, and returns its path.
  static func write(_ bytes: [UInt8], as name: String) -> String {
    let path = path(name)
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      fatalError("cannot write \(path)")
    }
    return path
  }

  /// Puts a fixture beside what is written, under its own name.
  static func link(fixture: String) {
    let source = fixtures.appending(path: fixture)
    let path = path(source.lastPathComponent)
    try? FileManager.default.removeItem(atPath: path)
    do {
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: source.path)
    } catch {
      fatalError("\(error)")
    }
  }
}
