import Foundation
import TLCImport
import TLCModel
import TLCRecordedModels
import TLCRuntime
import TLCSystem
import TLCTestSupport
import Testing

/// Graphs of real models against what Keras computes: `fixtures/models/recorded`.
@Suite struct RecordedKerasTests {
  /// A recording of a package whose models are Keras's.
  struct Recording: Sendable, CustomTestStringConvertible {
    var file: String
    var package: String

    var testDescription: String { file }

    var path: String { Fixtures.path("models/recorded/\(file)") }

    /// Every recording of a package, in order.
    static let all: [Recording] = {
      let packages = ["deeplc", "ethnicolr", "inaSpeechSegmenter", "mordecai", "spliceai"]
      let files = try? FileManager.default.contentsOfDirectory(
        atPath: Fixtures.path("models/recorded"))
      return (files ?? []).sorted().compactMap { file in
        packages.first { file.hasPrefix("\($0)-") && file.hasSuffix(".safetensors") }
          .map { Recording(file: file, package: $0) }
      }
    }()

    /// Those whose package is fetched.
    static var ready: [Recording] {
      let packages = Set(PublicPackage.ready(.trained).map { $0.name })
      return all.filter { packages.contains($0.package) }
    }
  }

  /// What a user says of an activation that a file has no definition of.
  private static let substitutions = [
    "deeplc": ["<lambda>": "LeakyRelu(alpha=0.1)|Clip(max=20)"]
  ]

  @Test func `there is a recording of each model`() { #expect(Recording.all.count == 30) }

  @Test(
    .enabled(if: !Recording.ready.isEmpty, PublicPackage.note(.trained)),
    arguments: Recording.ready)
  func `a real model computes what Keras computes`(recording: Recording) throws {
    let metadata = try RecordedKerasModel.metadata(of: recording.path)
    let name = try #require(metadata["file"])
    let package = try #require(
      PublicPackage.ready(.trained).first { $0.name == recording.package })
    let path = try #require(package.files.first { $0.hasSuffix("/\(name)") })
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    try #require(Digest(of: bytes.span).hex == metadata["sha256"], "another model has the name")
    let model = try RecordedKerasModel(path: path, recording: recording.path)
    let graph = try model.graph(Self.substitutions[recording.package] ?? [:])
    let inputs = model.inputs(of: graph)
    let session = try Session(graph, threadCount: 2, weight: model.checkpoint.load)
    let outputs = try session.run(inputs)
    let expected = model.recorded("output")
    try #require(outputs.count == expected.count)
    for (output, wanted) in zip(outputs, expected) {
      let error = output.error(against: wanted)
      #expect(error <= 1e-5)
      RecordedTable.add(
        model.checkpoint, graph, package: recording.package, model: name, error: error)
    }
  }
}
