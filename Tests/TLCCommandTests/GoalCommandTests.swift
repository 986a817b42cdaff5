import Foundation
import TLCTestSupport
import Testing

/// Conversion towards a goal.
@Suite struct GoalCommandTests {
  private static func source(_ scratch: Scratch) throws -> String {
    try scratch.write(try Fixtures.bytes("models/digits/digits.h5"), to: "digits.h5")
  }

  @Test func `a ready recipe gives a file that is sound, and says what it reached`() throws {
    let scratch = try Scratch()
    let source = try Self.source(scratch)
    for recipe in ["near-lossless", "smallest", "paper-int4"] {
      let file = scratch.path("\(recipe).tlcq")
      let converted = try Tool.run("tlc-convert", source, file, "--recipe", recipe)
      #expect(converted.status == 0, "\(converted.errors)")
      #expect(
        converted.output.contains("steps allocated in") == (recipe != "paper-int4"),
        "\(converted.output)")
      let verified = try Tool.run("tlc", "verify", file, "--against", source)
      #expect(verified.status == 0, "\(verified.errors)")
    }
  }

  @Test func `a size in a unit is not exceeded`() throws {
    let scratch = try Scratch()
    let file = scratch.path("small.tlcq")
    let converted = try Tool.run(
      "tlc-convert", try Self.source(scratch), file, "--target-size", "14kB")
    #expect(converted.status == 0, "\(converted.errors)")
    let byteCount = try #require(
      FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
    #expect(byteCount <= 14_000)
  }

  @Test(arguments: [
    (["--quality", "1"], "--quality 1.0 is not above 0 and below 1"),
    (["--quality", "0.9", "--target-size", "1MB"], "exclude each other"),
    (["--metric", "top-1"], "--metric goes with --quality or --max-drop"),
    (["--max-drop", "0.5%", "--step", "0.3"], "say what a goal is to find"),
    (["--target-size", "1MB", "--shard-size", "1MB"], "--target-size is one of a file"),
    (["--target-size", "500B"], "no steps were allocated: a file of 500 bytes has no room"),
  ])
  func `a goal that cannot be is refused`(options: [String], sentence: String) throws {
    let scratch = try Scratch()
    let refused = try Tool.run(
      "tlc-convert", [try Self.source(scratch), scratch.path("out.tlcq")] + options)
    #expect(refused.status != 0)
    #expect(refused.errors.contains(sentence), "\(refused.errors)")
  }
}
