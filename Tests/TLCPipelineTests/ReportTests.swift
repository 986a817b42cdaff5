import Foundation
import TLCCore
import TLCFormat
import TLCPipeline
import TLCReport
import TLCRuntime
import TLCSystem
import TLCTestSupport
import Testing

/// Pages about files.
@Suite struct ReportTests {
  @Test(arguments: ["values-by-masks", "probe-samples"], [1, 3])
  func `writes the same page with any number of threads`(name: String, threads: Int) throws {
    let report = try CheckpointReport(
      try Checkpoint(path: Fixtures.path("valid/\(name).tlcq")),
      parallelism: Parallelism(threads: threads))
    let golden = String(decoding: try Fixtures.bytes("reports/\(name).html"), as: UTF8.self)
    let isGolden = report.page.html == golden
    #expect(isGolden, "fixtures/reports/README.md says how the pages are written")
    #expect(report.isSound)
  }

  @Test(arguments: ["valid/values-by-masks.tlcq", "valid/probe-drawn.tlcq", "valid/assets.tlcq"])
  func `counts every byte of a file once`(path: String) throws {
    let checkpoint = try Checkpoint(path: Fixtures.path(path))
    let parts = FileParts(checkpoint)
    #expect(parts.all.reduce(0) { $0 + $1.byteCount } == checkpoint.byteCount)
    #expect(
      parts.roles.reduce(0) { $0 + $1.byteCount }
        == parts.all.first { $0.name == "tensors" }?.byteCount ?? 0)
  }

  @Test func `counts the codes that are stored, and their entropy`() throws {
    let checkpoint = try Checkpoint(path: Fixtures.path("valid/values-by-masks.tlcq"))
    let report = try CheckpointReport(checkpoint)
    #expect(report.codes.count == 10)
    for codes in report.codes where codes.tensor.hasPrefix("uniform-under-all") {
      let record = try #require(checkpoint.main.record(named: codes.tensor))
      let values = try #require(try checkpoint.main.uniformValues(record))
      var expected: [Int: Int] = [:]
      for code in values.codes { expected[Int(code), default: 0] += 1 }
      #expect(codes.counts.counts.map { $0.code } == expected.keys.sorted())
      #expect(codes.counts.counts.allSatisfy { expected[$0.code] == $0.count })
      let entropy = expected.values.reduce(0.0) { sum, count in
        let share = Double(count) / Double(values.codes.count)
        return sum - share * log2(share)
      }
      #expect(abs(codes.counts.entropy - entropy) < 1e-9)
    }
    // A mask leaves codes out: 24 of 120 elements are kept.
    let masked = try #require(report.codes.first { $0.tensor == "uniform-under-n-of-m" })
    #expect(masked.counts.count < 120 && masked.counts.count > 0)
  }

  private func converted(_ bits: Int, in scratch: Scratch) throws -> (source: String, file: String)
  {
    let source = try scratch.write(
      try Fixtures.bytes("models/digits/digits.h5"), to: "digits.h5")
    let file = scratch.path("digits-\(bits).tlcq")
    let recipe =
      "tlc-recipe: 1\nrules:\n- match: {floating: true, rank: [2, 8]}\n  quantize: {method:"
      + " round-to-nearest, axis: output, bits: \(bits)}\n"
    _ = try Conversion(input: source, output: file, recipe: try Recipe(parsing: recipe)).run()
    return (source, file)
  }

  @Test func `measures what each tensor alone does to the outputs`() throws {
    let scratch = try Scratch()
    let (source, file) = try converted(3, in: scratch)
    let checkpoint = try Checkpoint(path: file)
    let report = try CheckpointReport(checkpoint, comparing: .all(source: source))
    #expect(report.isSound)
    let damages = try #require(report.damages)
    #expect(damages.map { $0.tensor } == ["digit/kernel", "hidden_1/kernel", "hidden_2/kernel"])
    // The same by hand: the file's run with all tensors of a lossless file but one.
    let dense = scratch.path("dense.tlcq")
    _ = try Conversion(
      input: source, output: dense, recipe: try Recipe(parsing: "tlc-recipe: 1\nrules: []")
    ).run()
    let exact = try Checkpoint(path: dense)
    let graph = try checkpoint.requiredGraph()
    let probe = checkpoint.main.probes[0]
    let inputs = Dictionary(
      uniqueKeysWithValues: try probe.inputs.map { ($0.value.name, try checkpoint.main.tensor($0)) }
    )
    func outputs(_ changed: String?) throws -> [Float] {
      let session = try Session(graph) { name in
        try #require(try (name == changed ? checkpoint : exact).tensor(named: name))
      }
      return try session.run(inputs)[0].elements(of: Float.self)
    }
    let original = try outputs(nil).map { Double($0) }
    for damage in damages {
      let found = try outputs(damage.tensor).map { Double($0) }
      let distance = zip(original, found).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let square = original.reduce(0) { $0 + $1 * $1 }
      #expect(abs(damage.damage - distance / square / 2) < 1e-12)
      #expect(damage.damage > 0)
    }
  }

  @Test func `says what is not as the file states`() throws {
    let scratch = try Scratch()
    let (source, file) = try converted(4, in: scratch)
    let other = try Checkpoint(path: Fixtures.path("valid/probe-samples.tlcq"))
    let wrong = try CheckpointReport(other, comparing: .all(source: source))
    #expect(!wrong.isSound)
    #expect(wrong.page.html.contains("w: is in the file, and not in the source"))
    let right = try CheckpointReport(try Checkpoint(path: file), comparing: .all(source: source))
    let html = right.page.html
    for text in ["Damage by tensor", "Error on the way", "top-1 equal", "digits.h5"] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(!html.contains("class=\"note\""))
    #expect(!html.contains(scratch.root.path), "a path of this machine")
  }

  @Test func `tells of a run that gives other bits, and which value is the first`() throws {
    let report = try CheckpointReport(
      try Checkpoint(path: Fixtures.path("invalid/probe-fingerprint.tlcq")))
    #expect(!report.isSound)
    #expect(
      report.page.html.contains(
        "the first value to differ is &quot;sum&quot;, of node &quot;sum&quot;, 1 of 2"))
    #expect(report.page.html.contains("<dt>recorded runs</dt><dd>differ</dd>"))
  }
}
