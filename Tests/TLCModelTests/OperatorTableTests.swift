import Foundation
import TLCModel
import TLCTestSupport
import Testing

/// The table of operators in `formats/SUPPORT.md`.
@Suite struct OperatorTableTests {
  /// A row of the table: an operator, and how many of ONNX's cases there are and pass.
  private struct Row {
    var operation: String
    /// Of one node in `fixtures/onnx`, all of which pass.
    var fixtureCount: Int
    /// Of one node in ONNX, and those of them that pass.
    var count: Int
    var passed: Int
    /// Bodies of functions in ONNX whose operators are all known, and those of them that pass.
    var bodyCount: Int
    var passedBodies: Int

    var text: String {
      func share(_ part: Int, _ whole: Int) -> String { whole == 0 ? "" : "\(part) of \(whole)" }
      return "| `\(operation)` | \(fixtureCount == 0 ? "" : "\(fixtureCount)") "
        + "| \(share(passed, count)) | \(share(passedBodies, bodyCount)) |"
    }
  }

  /// The lines of the table in the page, without its head.
  private static func lines() throws -> [String] {
    let page = Fixtures.root.deletingLastPathComponent().appending(path: "formats/SUPPORT.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    let head = try #require(lines.firstIndex { $0.hasPrefix("| operator |") })
    return lines[(head + 2)...].prefix { $0.hasPrefix("|") }.map { String($0) }
  }

  private static func cases(_ operation: String, in folder: String) throws -> ConformanceCases? {
    guard try ConformanceCases.names(in: folder).contains(operation) else { return nil }
    return try ConformanceCases(operation, in: folder)
  }

  @Test("every operator has a row that tells its cases here")
  func rows() throws {
    let lines = try Self.lines()
    let registry = OperatorRegistry.standard.all
    let names = registry.map { $0.name }.sorted()
    try #require(names == lines.map { String($0.split(separator: "`")[1]) })
    for (name, line) in zip(names, lines) {
      let count = try Self.cases(name, in: "onnx")?.cases.count
      let cell = line.split(separator: "|", omittingEmptySubsequences: false)[2]
      #expect(cell.trimmingCharacters(in: .whitespaces) == count.map { "\($0)" } ?? "", "\(name)")
    }
  }

  /// `scripts/onnx-conformance FOLDER` writes all of ONNX's cases; the variable names the folder,
  /// and `FOLDER/operators.md` then is the table.
  static let folder = ProcessInfo.processInfo.environment["TLC_ONNX_CASES"]

  @Test("the table is what all of ONNX's cases give", .enabled(if: folder != nil))
  func complete() throws {
    let folder = try #require(Self.folder)
    var rows: [Row] = []
    var faults: [String] = []
    for name in OperatorRegistry.standard.all.map({ $0.name }).sorted() {
      var row = Row(
        operation: name, fixtureCount: try Self.cases(name, in: "onnx")?.cases.count ?? 0,
        count: 0, passed: 0, bodyCount: 0, passedBodies: 0)
      for (place, isBody) in [(folder, false), ("\(folder)/expanded", true)] {
        guard let cases = try Self.cases(name, in: place) else { continue }
        for test in cases.cases
        where !isBody
          || test.graph.nodes.allSatisfy({
            OperatorRegistry.standard[$0.domain, $0.operation] != nil
          })
        {
          let fault = cases.fault(test)
          if let fault { faults.append("\(name), \(test.name): \(fault)") }
          if isBody {
            row.bodyCount += 1
            row.passedBodies += fault == nil ? 1 : 0
          } else {
            row.count += 1
            row.passed += fault == nil ? 1 : 0
          }
        }
      }
      rows.append(row)
    }
    let lines = rows.map { $0.text }
    let text = (lines + [""] + faults).joined(separator: "\n") + "\n"
    try text.write(toFile: "\(folder)/operators.md", atomically: true, encoding: .utf8)
    let written = try Self.lines()
    #expect(written == lines, "\(folder)/operators.md is the table")
  }
}
