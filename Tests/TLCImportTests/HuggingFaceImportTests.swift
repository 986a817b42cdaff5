import Foundation
import TLCImport
import TLCTestSupport
import Testing

/// The checkpoints of `fixtures/imports/huggingface/` against transformers' own rules.
@Suite struct HuggingFaceImportTests {
  private static func path(_ file: String) -> String {
    Fixtures.path("imports/huggingface/\(file)")
  }

  @Test(arguments: [
    ("bert", "tf_model.h5", "huggingface-hdf5", 0),
    ("bert-masked", "tf_model.h5", "huggingface-hdf5", 5),
    ("bert-shards", "tf_model.h5.index.json", "huggingface-hdf5-index", 0),
    ("convbert", "tf_model.h5", "huggingface-hdf5", 0),
    ("gpt2", "tf_model.h5", "huggingface-hdf5", 0),
    ("t5", "tf_model.h5", "huggingface-hdf5", 2),
  ])
  func `gives names, shapes and values that transformers gives`(
    folder: String, file: String, importer: String, shared: Int
  ) throws {
    let checkpoint = try ImporterRegistry.standard.open(Self.path("\(folder)/\(file)"))
    #expect(checkpoint.importer == importer)
    let expected = try ExpectedArray.all(
      "huggingface/expected.json", as: [String: [String: ExpectedArray]].self)
    let found = try ExpectedArray.contents(of: checkpoint) { $0.name }
    #expect(found.keys.sorted() == expected[folder]?.keys.sorted())
    #expect(found == expected[folder])
    // A layer that two others share is stored with both.
    #expect(
      checkpoint.accounting.ignored.map { $0.rule }
        == Array(repeating: "shared-weight", count: shared))
  }

  @Test func `undoes its transforms`() throws {
    for tensor in try ImporterRegistry.standard.open(Self.path("convbert/tf_model.h5")).tensors {
      let stored = try tensor.load()
      let source = tensor.transforms.reversed().reduce(stored) { $1.inverse.applied(to: $0) }
      #expect(tensor.transforms.reduce(source) { $1.applied(to: $0) } == stored)
    }
  }

  @Test func `says along which axis a layer's outputs lie`() throws {
    let tensors = try ImporterRegistry.standard.open(Self.path("gpt2/tf_model.h5")).tensors
    let axes = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.outputAxis) })
    #expect(axes["transformer.wte.weight"] == 0)
    #expect(axes["transformer.h.0.mlp.c_fc.weight"] == 1)
    #expect(axes["transformer.ln_f.weight"] == .some(nil))
  }

  @Test func `keeps the configuration without the paths of a machine`() throws {
    let checkpoint = try ImporterRegistry.standard.open(Self.path("bert/tf_model.h5"))
    let asset = try #require(checkpoint.assets.first)
    #expect(asset.name == "huggingface/config.json")
    let found = try #require(
      JSONSerialization.jsonObject(with: Data(asset.bytes)) as? [String: Any])
    let original = try #require(
      JSONSerialization.jsonObject(
        with: Data(Fixtures.bytes("imports/huggingface/bert/config.json")))
        as? [String: Any])
    #expect(original["_name_or_path"] as? String == "/home/someone/bert")
    #expect(found["_name_or_path"] as? String == "")
    #expect(found.keys.sorted() == original.keys.sorted())
    #expect(found["layer_norm_eps"] as? Double == 1e-12)
  }

  @Test func `keeps a configuration without paths byte for byte`() throws {
    let checkpoint = try ImporterRegistry.standard.open(Self.path("gpt2/tf_model.h5"))
    #expect(
      checkpoint.assets.map { $0.bytes } == [
        try Fixtures.bytes("imports/huggingface/gpt2/config.json")
      ])
  }

  @Test func `makes an alias of a head whose weights are the embedding's`() throws {
    let tied = try ImporterRegistry.standard.open(Self.path("crafted-tied-head.h5"))
    #expect(
      tied.tensors.map { $0.name } == ["transformer.h.0.ln.weight", "transformer.wte.weight"])
    #expect(
      tied.aliases == [
        ImportedAlias(
          name: "lm_head.weight", target: "transformer.wte.weight",
          source: "/lm_head/tf_small_lm_head_model/lm_head/weight:0")
      ])
    let free = try ImporterRegistry.standard.open(Self.path("crafted-free-head.h5"))
    #expect(free.aliases.isEmpty)
    #expect(free.tensors.count == 3)
  }

  @Test func `refuses a shared layer whose copies differ`() {
    let path = Self.path("crafted-shared-differs.h5")
    #expect(
      refusal(of: path)
        == "\(path): /lm_head/tf_small_lm_head_model/transformer/wte/weight:0: it would have the name"
        + " \"transformer.wte.weight\", as /transformer/tf_small_lm_head_model/transformer/wte/weight:0"
        + " has, with other values")
  }

  @Test func `says that a shard alone is not a checkpoint`() {
    let path = Self.path("bert-shards/tf_model-00001-of-00002.h5")
    #expect(
      refusal(of: path)
        == "\(path): /bert/embeddings/LayerNorm/beta:0: the layer is a dataset, as in a shard: import"
        + " its set's tf_model.h5.index.json")
  }

  @Test func `names a shard that is missing, and weights that are astray`() throws {
    let scratch = try Scratch()
    let index = try Fixtures.bytes("imports/huggingface/bert-shards/tf_model.h5.index.json")
    let path = try scratch.write(index, to: "tf_model.h5.index.json")
    let shards = ["tf_model-00001-of-00002.h5", "tf_model-00002-of-00002.h5"]
    #expect(
      refusal(of: path) == "\(scratch.path(shards[0])): cannot open: No such file or directory")
    for shard in shards {
      _ = try scratch.write(Fixtures.bytes("imports/huggingface/bert-shards/\(shard)"), to: shard)
    }
    #expect(refusal(of: path) == nil)

    let text = String(decoding: index, as: UTF8.self)
    let weight = "tf_bert_for_sequence_classification/classifier/bias:0"
    let moved = text.replacing("\(weight)\": \"\(shards[1])", with: "\(weight)\": \"\(shards[0])")
    _ = try scratch.write(Array(moved.utf8), to: "tf_model.h5.index.json")
    #expect(refusal(of: path) == "\(path): \(weight): it is not in shard \(shards[0])")

    let less = text.replacing("    \"\(weight)\": \"\(shards[1])\",\n", with: "")
    _ = try scratch.write(Array(less.utf8), to: "tf_model.h5.index.json")
    #expect(
      refusal(of: path)
        == "\(path): /classifier/bias:0: it is not in the index, but in shard \(shards[1])")
  }

  @Test(arguments: ["../tf_model.h5", "/tf_model.h5", "..", ".", "", "a/\u{301}b"])
  func `follows an index to no other folder`(shard: String) throws {
    let scratch = try Scratch()
    let text = "{\"weight_map\":{\"a/b\":\"\(shard)\"}}"
    let path = try scratch.write(Array(text.utf8), to: "tf_model.h5.index.json")
    #expect(refusal(of: path) == "\(path): a/b: its shard is not a file's base name")
  }
}
