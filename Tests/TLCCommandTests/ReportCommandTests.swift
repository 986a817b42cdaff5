import Foundation
import TLCTestSupport
import Testing

/// Pages about files, as commands write them.
@Suite struct ReportCommandTests {
  private static func source(_ scratch: Scratch) throws -> String {
    try scratch.write(try Fixtures.bytes("models/digits/digits.h5"), to: "digits.h5")
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  @Test func `writes a page beside the file, and replaces it only where it may`() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      try Fixtures.bytes("valid/values-by-masks.tlcq"), to: "values-by-masks.tlcq")
    let written = try Tool.run("tlc", "report", file)
    #expect(written.status == 0, "\(written.errors)")
    let page = try Self.text(scratch.path("values-by-masks.html"))
    #expect(
      page == String(decoding: try Fixtures.bytes("reports/values-by-masks.html"), as: UTF8.self))
    let again = try Tool.run("tlc", "report", file)
    #expect(again.status == 3)
    #expect(again.errors.hasSuffix("; --force replaces it\n"), "\(again.errors)")
    #expect(try Tool.run("tlc", "report", file, "--force").status == 0)
    let onto = try Tool.run("tlc", "report", file, "-o", file, "--force")
    #expect(onto.status == 64)
    #expect(onto.errors.contains("is a file that is to be read"))
  }

  @Test func `ends with the status that the file deserves`() throws {
    let scratch = try Scratch()
    let page = scratch.path("page.html")
    let differs = try Tool.run(
      "tlc", "report", Fixtures.path("invalid/probe-fingerprint.tlcq"), "-o", page)
    #expect(differs.status == 4)
    #expect(try Self.text(page).contains("gives other bits here"))
    let damaged = try Tool.run(
      "tlc", "report", Fixtures.path("invalid/content-digest.tlcq"), "-o",
      scratch.path("no.html"))
    #expect(damaged.status == 2)
    let absent = try Tool.run("tlc", "report", scratch.path("absent.tlcq"))
    #expect(absent.status == 3)
    let wrong = try Tool.run(
      "tlc", "report", Fixtures.path("valid/probe-samples.tlcq"), "--against",
      try Self.source(scratch), "-o", page, "--force")
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("w: is in the file, and not in the source"))
    #expect(try scratch.names().sorted() == ["digits.h5", "page.html"])
  }

  @Test func `escapes a name that would be a script`() throws {
    let scratch = try Scratch()
    let name = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    let header = "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}"
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    bytes += Array(header.utf8) + [UInt8](repeating: 63, count: 16)
    let source = try scratch.write(bytes, to: "<b>.safetensors")
    let file = scratch.path("model.tlcq")
    let converted = try Tool.run(
      "tlc-convert", source, file, "--report", scratch.path("converted.html"))
    #expect(converted.status == 0, "\(converted.errors)")
    let reported = try Tool.run("tlc", "report", file, "--against", source)
    #expect(reported.status == 0, "\(reported.errors)")
    for page in ["converted.html", "model.html"] {
      let text = try Self.text(scratch.path(page))
      #expect(!text.contains("<script") && !text.contains("<img") && !text.contains("<b>"))
      #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
      #expect(text.contains("made from &lt;b&gt;.safetensors"))
    }
  }

  @Test func `tells at conversion what was tried, and how steps were shared out`() throws {
    let scratch = try Scratch()
    let page = scratch.path("page.html")
    let converted = try Tool.run(
      "tlc-convert", try Self.source(scratch), scratch.path("digits.tlcq"), "--quality", "0.999",
      "--report", page)
    #expect(converted.status == 0, "\(converted.errors)")
    let text = try Self.text(page)
    for part in ["Bytes against fidelity", "chosen", "Sensitivity against step", "hidden_1/kernel"]
    {
      #expect(text.contains(part), "\(part)")
    }
    let refused = try Tool.run(
      "tlc-convert", scratch.path("digits.h5"), scratch.path("other.tlcq"), "--report", page)
    #expect(refused.status == 3)
    #expect(try scratch.names().sorted() == ["digits.h5", "digits.tlcq", "page.html"])
  }

  private static func study(_ scratch: Scratch) throws -> String {
    try FileManager.default.createDirectory(
      atPath: scratch.path("study"), withIntermediateDirectories: true)
    _ = try scratch.write(try Fixtures.bytes("studies/results.jsonl"), to: "study/results.jsonl")
    return scratch.path("study")
  }

  @Test func `writes the charts of a study as files, and replaces them only where it may`() throws {
    let scratch = try Scratch()
    let study = try Self.study(scratch)
    let charts = scratch.path("docs/charts")
    let arguments = ["report", study, "-o", scratch.path("page.html"), "--figures", charts]
    let written = try Tool.run("tlc", arguments)
    #expect(written.status == 0, "\(written.errors)")
    #expect(written.output.hasSuffix("docs/charts: 46 charts\n"))
    let names = try FileManager.default.contentsOfDirectory(atPath: charts)
    #expect(names.count == 46 && names.allSatisfy { $0.hasSuffix(".svg") }, "\(names)")
    let chart = try Self.text("\(charts)/loss-against-seconds-by-depth.svg")
    #expect(chart.hasPrefix("<svg xmlns=") && chart.contains("8 layers"))
    // Another page, so that charts alone are in the way; no page is left behind.
    let other = ["report", study, "-o", scratch.path("other.html"), "--figures", charts]
    let again = try Tool.run("tlc", other)
    #expect(again.status == 3 && again.errors.hasSuffix("; --force replaces it\n"))
    #expect(try scratch.names().sorted() == ["docs", "page.html", "study"])
    #expect(try Tool.run("tlc", arguments + ["--force"]).status == 0)
    #expect(try Self.text("\(charts)/loss-against-seconds-by-depth.svg") == chart)
    #expect(try FileManager.default.contentsOfDirectory(atPath: charts).count == 46)
  }

  @Test func `names the line of a study that is damaged`() throws {
    let scratch = try Scratch()
    let study = try Self.study(scratch)
    let results = URL(filePath: "\(study)/results.jsonl")
    try (Data(contentsOf: results).prefix(9_000) + Data("\n".utf8)).write(to: results)
    let refused = try Tool.run("tlc", "report", study)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("results.jsonl, line "), "\(refused.errors)")
    #expect(refused.errors.hasSuffix(": is no object of JSON\n"))
    #expect(try scratch.names() == ["study"])
  }

  @Test func `writes the charts of a file as files`() throws {
    let scratch = try Scratch()
    let charts = scratch.path("charts")
    let written = try Tool.run(
      "tlc", "report", Fixtures.path("valid/values-by-masks.tlcq"), "-o",
      scratch.path("page.html"), "--figures", charts, "--quiet")
    #expect(written.status == 0 && written.output.isEmpty, "\(written)")
    let page = try Self.text(scratch.path("page.html"))
    let names = try FileManager.default.contentsOfDirectory(atPath: charts)
    #expect(names.count == page.components(separatedBy: "<figure>").count - 1, "\(names)")
    for name in names { #expect(try Self.text("\(charts)/\(name)").hasSuffix("</svg>\n")) }
  }
}
