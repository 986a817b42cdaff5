import Foundation
import TLCFormat
import TLCRuntime
import TLCTestSupport
import Testing

/// Files with a graph, which `fixtures/generate.py` computed number by number from the pages.
@Suite struct ProbeTests {
  static let invalid = Fixtures.entries.filter { $0.isFoundByProbes }

  @Test(arguments: [
    ("probe-drawn", 1, 2), ("probe-samples", 1, 2), ("probe-digest-only", 1, 2),
    ("probe-later", 1, 2), ("probe-int8", 2, 4), ("graph-alone", 0, 0), ("probes-none", 0, 0),
    ("graph-and-probes", 0, 0), ("minimal", 0, 0),
  ])
  func `repeats probes, each value as it was recorded`(
    name: String, probes: Int, values: Int
  ) throws {
    let checkpoint = try Checkpoint(path: Fixtures.path("valid/\(name).tlcq"))
    let report = try checkpoint.repeatProbes()
    #expect(report == ProbeReport(repeatedCount: probes, valueCount: values, unknown: []))
  }

  @Test func `names a way to compute that it does not know`() throws {
    let checkpoint = try Checkpoint(path: Fixtures.path("valid/probe-unknown-compute.tlcq"))
    #expect(try checkpoint.repeatProbes().unknown == ["f12"])
  }

  @Test func `there are enough of them that are wrong`() { #expect(Self.invalid.count >= 19) }

  @Test(arguments: invalid.map { $0.path })
  func `finds what is wrong with a graph or a probe, at its offset`(path: String) throws {
    let entry = try #require(Self.invalid.first { $0.path == path })
    guard case .invalid(let reason, let offset, _, _) = entry.expect else { return }
    let checkpoint = try Checkpoint(path: Fixtures.path(path))
    try checkpoint.verifyFiles(depth: .tensors)
    let error = #expect(throws: CheckpointError.self) { try checkpoint.repeatProbes() }
    guard case .format(_, let found)? = error else { return }
    #expect(found.reason.name == reason && found.offset == offset, "\(found)")
  }

  @Test func `names the first value that differs`() throws {
    let path = Fixtures.path("invalid/probe-fingerprint.tlcq")
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint(path: path).repeatProbes()
    }
    let what = "the first value to differ is \"sum\", of node \"sum\", 1 of 2"
    #expect(error.map { "\($0)" }?.hasSuffix("what it recorded: \(what)") == true)
  }

  @Test(arguments: ["probe-samples", "assets"])
  func `refuses a change of any bit, be it of a plane, the graph, an asset or the manifest`(
    name: String
  ) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: Fixtures.path("valid/\(name).tlcq"))))
    let scratch = try Scratch()
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      let path = try scratch.write(changed, to: "changed.tlcq")
      #expect(throws: CheckpointError.self, "bit \(bit)") {
        try Checkpoint(path: path).verifyFiles(depth: .digests)
      }
    }
  }

  @Test func `opens a session, and runs it`() throws {
    let path = Fixtures.path("valid/probe-samples.tlcq")
    let session = try Session(opening: path, verifying: .probes)
    let checkpoint = try Checkpoint(path: path)
    let probe = try #require(checkpoint.main.probes.first)
    let outputs = try session.run(["x": try checkpoint.main.tensor(probe.inputs[0])])
    #expect(outputs == [try #require(try checkpoint.main.tensor(probe.outputs[0]))])
  }
}
