import Foundation
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

/// The charts of a page, each a file of SVG in a folder: no file is replaced before all places are
/// taken.
struct FigureFiles {
  private let files: [(file: AtomicFile, svg: String)]

  /// - Throws: `IOError` where a file is there and may not be replaced; what making the folder throws.
  init(_ page: ReportPage, folder: String, overwriting: Bool) throws {
    try Folder.create(folder)
    files = try page.figureFiles.map { name, svg in
      (try AtomicFile(path: "\(folder)/\(name)", overwriting: overwriting), svg)
    }
  }

  var count: Int { files.count }

  func write() throws(IOError) {
    for (file, svg) in files {
      let bytes = Array(svg.utf8)
      try file.append(bytes.span)
      try file.commit()
    }
  }
}
