import Foundation

/// The pages of `formats/`, and the hex dumps worked through in them.
public enum Formats {
  static let root = Fixtures.root.deletingLastPathComponent().appending(path: "formats")

  /// The text of `formats/PATH`.
  public static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// A fenced block that starts "```hex FIXTURE" and shows that fixture's bytes.
  public struct WorkedExample: Sendable {
    public var page: String
    public var fixture: String
    public var bytes: [UInt8]
  }

  /// Every worked example of every page.
  public static func workedExamples() throws -> [WorkedExample] {
    let pages =
      FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return try pages.filter { $0.hasSuffix(".md") }.sorted().flatMap { page in
      try text(page).components(separatedBy: "```hex ").dropFirst().map { block in
        let lines = block.split(separator: "\n").prefix { !$0.hasPrefix("```") }
        return WorkedExample(
          page: page, fixture: String(lines[0]), bytes: lines.dropFirst().flatMap(bytes(ofLine:)))
      }
    }
  }

  /// The bytes of a line "OFFSET  b0 b1 …   remark".
  private static func bytes(ofLine line: Substring) -> [UInt8] {
    line.split(separator: " ").dropFirst()
      .prefix { $0.count == 2 && UInt8($0, radix: 16) != nil }
      .compactMap { UInt8($0, radix: 16) }
  }
}
