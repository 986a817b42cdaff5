import TLC

/// A page that a command is asked for: its place is taken before the work, and it is there after it.
struct PageFile {
  private let file: AtomicFile

  /// - Throws: `IOError` where a file is there and may not be replaced.
  init(path: String, overwriting: Bool) throws(IOError) {
    file = try AtomicFile(path: path, overwriting: overwriting)
  }

  func write(_ page: ReportPage) throws(IOError) {
    let bytes = Array(page.html.utf8)
    try file.append(bytes.span)
    try file.commit()
  }
}
