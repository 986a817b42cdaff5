import Foundation
import TLCCore
import TLCImport
import TLCModel
import TLCRecordedModels
import TLCRuntime
import TLCTestSupport
import Testing

/// Models of every common layer, as three versions of Keras write them, against what Keras computes:
/// `fixtures/models/keras-layers`.
@Suite struct KerasLayerTests {
  private static let folder = "models/keras-layers"

  /// The files of the models, in order.
  static let files: [String] = {
    let all = try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path(folder))
    return (all ?? []).filter { $0.hasSuffix(".h5") || $0.hasSuffix(".keras") }.sorted()
  }()

  static func model(_ file: String) throws -> RecordedKerasModel {
    let path = Fixtures.path("\(folder)/\(file)")
    return try RecordedKerasModel(path: path, recording: "\(path).safetensors")
  }

  /// What a user says of the models with Python code in them.
  static func substitutions(_ file: String) -> [String: String] {
    file.hasPrefix("lambda.") ? ["code": "Mul(value=2)|Add(value=1)"] : [:]
  }

  @Test func `there are models to look at`() { #expect(Self.files.count > 150) }

  @Test(arguments: files)
  func `computes what Keras computes`(file: String) throws {
    let model = try Self.model(file)
    let graph = try model.graph(Self.substitutions(file))
    let inputs = model.inputs(of: graph)
    let expected = model.recorded("output")
    let tolerance = file.hasPrefix("half-precision") ? 1e-3 : 1e-5
    let outputs = try graph.evaluate(inputs, initializer: model.checkpoint.load)
    try #require(outputs.count == expected.count)
    for (place, output) in outputs.enumerated() {
      let error = output.error(against: expected[place])
      #expect(error <= tolerance, "\(graph.graph.outputs[place])")
      #expect(output.dtype == expected[place].dtype, "\(graph.graph.outputs[place])")
    }
  }

  @Test(arguments: files)
  func `planned and shared among threads, it gives the same bits`(file: String) throws {
    let model = try Self.model(file)
    let graph = try model.graph(Self.substitutions(file))
    let inputs = model.inputs(of: graph)
    let expected = model.recorded("output")
    let tolerance = file.hasPrefix("half-precision") ? 1e-3 : 1e-5
    let alone = try Session(graph, threadCount: 1, weight: model.checkpoint.load).run(inputs)
    for (place, output) in alone.enumerated() {
      #expect(
        output.error(against: expected[place]) <= tolerance, "\(graph.graph.outputs[place])")
    }
    for threadCount in [2, 3] {
      let shared = try Session(graph, threadCount: threadCount, weight: model.checkpoint.load).run(
        inputs)
      #expect(shared == alone, "\(threadCount) threads")
    }
  }
}
