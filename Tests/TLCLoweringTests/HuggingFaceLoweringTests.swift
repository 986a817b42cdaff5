import Foundation
import TLCCore
import TLCExport
import TLCImport
import TLCModel
import TLCRecordedModels
import TLCTestSupport
import Testing

/// The models of `fixtures/models/huggingface/` against what transformers computes with them.
@Suite struct HuggingFaceLoweringTests {
  /// How far an output may be from what is recorded, of its largest magnitude.
  static let tolerance: Float = 1e-5

  static let folders: [String] = {
    let root = Fixtures.root.appending(path: "models/huggingface")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.filter {
      FileManager.default.fileExists(atPath: root.appending(path: "\($0)/config.json").path)
    }.sorted()
  }()

  static func model(_ folder: String) throws -> RecordedModel {
    let folder = "models/huggingface/\(folder)"
    return try RecordedModel(
      "\(folder)/model.safetensors", recording: "\(folder)/recorded.safetensors")
  }

  @Test func `has every family and head among its models`() {
    #expect(Self.folders.count >= 48)
  }

  @Test(arguments: folders)
  func `computes what transformers computes`(folder: String) throws {
    let model = try Self.model(folder)
    var options = LoweringOptions()
    if model.outputs["sentence_embedding"] != nil {
      #expect(try model.lowered().graph.outputs == ["sentence_embedding"])
      options.additionalOutputs = ["last_hidden_state", "pooler_output"]
    }
    try Self.check(model, options, folder)
  }

  @Test(arguments: [
    ("bert", "tf_model.h5"), ("bert-masked", "tf_model.h5"),
    ("bert-shards", "tf_model.h5.index.json"),
  ])
  func `computes what TensorFlow computes with its checkpoints`(
    folder: String, file: String
  ) throws {
    let model = try RecordedModel(
      "imports/huggingface/\(folder)/\(file)",
      recording: "models/huggingface/tensorflow-\(folder).safetensors")
    try Self.check(model, LoweringOptions(), "tensorflow-\(folder)")
  }

  /// Holds a model's graph to what is recorded, and each way to run it to the plainest one.
  private static func check(
    _ model: RecordedModel, _ options: LoweringOptions, _ name: String
  ) throws {
    let graph = try model.lowered(options)
    #expect(graph.graph.outputs.sorted() == model.outputs.keys.sorted())
    #expect(graph.graph.inputs.map(\.name).sorted() == model.inputs.keys.sorted())
    let plain = try model.evaluate(graph)
    for (output, distance) in model.distances(graph, plain) {
      print("\(name) \(output): \(distance)")
      #expect(distance <= tolerance, "\(name): \(output)")
    }
    for threadCount in [1, 2, 5] {
      #expect(try model.run(graph, threadCount: threadCount) == plain, "\(threadCount) threads")
    }
    let again = try Graph(parsing: #require(StrictJSON(Array(graph.graph.json.json.utf8))))
    #expect(again == graph.graph)
  }

  @Test(arguments: ["bert", "bert-masked"])
  func `gives one graph of a model, whatever file it comes in`(folder: String) throws {
    let source = "imports/huggingface/\(folder)"
    let tensorFlow = try ImporterRegistry.standard.open(Fixtures.path("\(source)/tf_model.h5"))
    let scratch = try Scratch()
    _ = try scratch.write(Fixtures.bytes("\(source)/config.json"), to: "config.json")
    let path = scratch.path("model.safetensors")
    try SafetensorsExporter.write(
      tensorFlow.tensors.map { tensor in
        ExportedTensor(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape) {
          try tensor.load()
        }
      }, to: path, overwriting: false
    ) { _ in }
    let graphs = try [tensorFlow, ImporterRegistry.standard.open(path)].map {
      try #require(try LoweringRegistry.standard.graph(of: $0)).json.json
    }
    #expect(graphs[0] == graphs[1])
  }

  @Test func `names the tensors that a graph does not use`() throws {
    let model = try Self.model("bert-pre-training")
    let whole = try model.lowered().graph
    #expect(model.checkpoint.names(unusedBy: whole) == [])
    let config = try #require(
      model.checkpoint.assets.first { $0.name == "huggingface/config.json" })
    let text = String(decoding: config.bytes, as: UTF8.self)
      .replacing("BertForPreTraining", with: "BertForMaskedLM")
    let other = try model.checkpoint.with(assets: [
      ImportedAsset(name: config.name, mediaType: config.mediaType, bytes: Array(text.utf8))
    ])
    let masked = try #require(try LoweringRegistry.standard.graph(of: other))
    #expect(
      other.names(unusedBy: masked) == [
        "bert.pooler.dense.bias", "bert.pooler.dense.weight", "cls.seq_relationship.bias",
        "cls.seq_relationship.weight",
      ])
  }

  @Test(arguments: [("gpt2", "tf_model.h5"), ("t5", "tf_model.h5"), ("convbert", "tf_model.h5")])
  func `has no graph of a model that it does not know`(folder: String, file: String) throws {
    let path = Fixtures.path("imports/huggingface/\(folder)/\(file)")
    let checkpoint = try ImporterRegistry.standard.open(path)
    #expect(try LoweringRegistry.standard.graph(of: checkpoint) == nil)
  }

  @Test func `does not depend on how a batch is divided`() throws {
    let model = try Self.model("roberta-masked")
    let graph = try model.lowered()
    let whole = try model.evaluate(graph)[0]
    for row in 0..<2 {
      var one = model
      one.inputs = try model.inputs.mapValues { tensor in
        let length = tensor.shape.dimensions[1]
        let ids = Array(tensor.elements(of: Int64.self)[row * length..<(row + 1) * length])
        return Tensor(ids, shape: try #require(Shape([1, length])))
      }
      let part = whole.bytes.count / 2
      #expect(
        try one.evaluate(graph)[0].bytes == Array(whole.bytes[row * part..<(row + 1) * part]))
    }
  }
}
