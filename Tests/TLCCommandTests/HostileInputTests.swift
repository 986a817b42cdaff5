import Foundation
import TLCTestSupport
import Testing

/// What a file or a command line may not do to the one who reads the answer.
@Suite struct HostileInputTests {
  static let model = Fixtures.path("models/digits/digits.h5")

  /// A safetensors file of one scalar of this name.
  private static func checkpoint(named name: String) -> [UInt8] {
    let header = Array(
      #"{"\#(name)":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + [7]
  }

  @Test func `shows what would drive the terminal as escapes`() throws {
    let scratch = try Scratch()
    let input = try scratch.write(
      Self.checkpoint(named: #"a\u001b[31m\nb"#), to: "in.safetensors")
    let refused = try Tool.run("tlc-convert", input, scratch.path("out.tlcq"))
    #expect(refused.status == 1)
    #expect(refused.errors.contains(#": a\u{1b}[31m\u{a}b: the name is not "#), "\(refused.errors)")
    // A name may have what only some terminals obey.
    let other = try scratch.write(
      Self.checkpoint(named: "a\u{9B}31m\u{202E}b"), to: "other.safetensors")
    let out = scratch.path("out.tlcq")
    #expect(try Tool.run("tlc-convert", other, out).status == 0)
    let inspected = try Tool.run("tlc", "inspect", out)
    #expect(inspected.output.contains(#"a\u{9b}31m\u{202e}b"#), "\(inspected.output)")
  }

  @Test(arguments: [
    ["--pattern", ":2:4"], ["--pattern", "2:4:"], ["--pattern", "5:4"], ["--step", "1e-300"],
    ["--step", "nan"], ["--group", "9223372036854775807"], ["--bits", "17"], ["--threads", "0"],
  ])
  func `refuses numbers that no method takes before it reads`(options: [String]) throws {
    let scratch = try Scratch()
    let process = Tool.process("tlc-convert", [Self.model, scratch.path("out.tlcq")] + options)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 64)
    #expect(try scratch.names() == [])
  }

  @Test func `says what a file is not that numpy is asked to read`() throws {
    let scratch = try Scratch()
    let result = try Tool.run(
      "tlc-convert", Self.model, scratch.path("out.tlcq"), "--from", "numpy")
    #expect(result.status == 1)
    #expect(
      result.errors == "error: \(Self.model): it has the signature of neither .npy nor .npz\n")
  }
}
