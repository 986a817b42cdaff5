import Foundation
import TLCImport
import TLCTestSupport
import Testing

/// The files beside a checkpoint that belong to the model: configurations, tokenizers, and what
/// sentence-transformers says.
@Suite struct ModelFolderTests {
  private static let weights = "models/huggingface/bert-base/model.safetensors"

  /// A folder with a checkpoint, and files beside it.
  private static func folder(
    _ files: [String: String], checkpoint: String = "model.safetensors"
  ) throws -> (scratch: Scratch, path: String) {
    let scratch = try Scratch()
    for (name, text) in files {
      let place = scratch.root.appending(path: name)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: place)
    }
    return (scratch, try scratch.write(Fixtures.bytes(weights), to: checkpoint))
  }

  private static func assets(_ path: String) throws -> [String: String] {
    let assets = try ImporterRegistry.standard.open(path).assets
    #expect(assets.map(\.name) == assets.map(\.name).sorted())
    return Dictionary(
      uniqueKeysWithValues: assets.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) })
  }

  private static let tokenizer = [
    "added_tokens.json": #"{"<x>":60}"#, "merges.txt": "#version: 0.2\n/ /home\n",
    "special_tokens_map.json": #"{"mask_token":{"content":"<mask>"}}"#,
    "tokenizer.json": #"{"model":{"merges":["/ /"],"vocab":{"/home/a/b":1}}}"#,
    "tokenizer_config.json": #"{"do_lower_case":true,"name_or_path":"bert"}"#,
    "vocab.json": #"{"/a/b/c":0}"#, "vocab.txt": "[PAD]\n/a/b/c\n",
  ]

  @Test func `keeps the files of a tokenizer byte for byte`() throws {
    var files = Self.tokenizer
    files["config.json"] = #"{"model_type":"bert"}"#
    let (scratch, path) = try Self.folder(files)
    var found = try Self.assets(path)
    #expect(found.removeValue(forKey: "safetensors/metadata.json") == #"{"format":"pt"}"#)
    #expect(
      found == Dictionary(uniqueKeysWithValues: files.map { ("huggingface/\($0.key)", $0.value) }))
    _ = scratch
  }

  @Test func `keeps them with a set of shards, and with a checkpoint of TensorFlow`() throws {
    let (scratch, path) = try Self.folder(Self.tokenizer)
    let header = try ImporterRegistry.standard.open(path)
    let map = header.tensors.map { "\"\($0.name)\":\"model.safetensors\"" }.joined(separator: ",")
    let index = try scratch.write(
      Array("{\"weight_map\":{\(map)}}".utf8), to: "model.safetensors.index.json")
    #expect(try Self.assets(index) == Self.assets(path))
    let tensorFlow = try scratch.write(
      Fixtures.bytes("imports/huggingface/bert/tf_model.h5"), to: "tf_model.h5")
    #expect(
      try Self.assets(tensorFlow).keys.sorted()
        == Self.tokenizer.keys.map { "huggingface/\($0)" }.sorted())
  }

  @Test func `leaves paths of a machine out of a tokenizer's configuration`() throws {
    let (scratch, path) = try Self.folder([
      "tokenizer_config.json":
        #"{"name_or_path":"/home/someone/bert","special_tokens_map_file":"/root/.cache/x","unk_token":"</s>"}"#
    ])
    #expect(
      try Self.assets(path)["huggingface/tokenizer_config.json"]
        == #"{"name_or_path":"","special_tokens_map_file":"","unk_token":"</s>"}"#)
    _ = scratch
  }

  @Test func `keeps what sentence-transformers says of its modules`() throws {
    let path = Fixtures.path("models/huggingface/sentence-max/model.safetensors")
    #expect(
      try Self.assets(path).keys.sorted() == [
        "huggingface/config.json", "safetensors/metadata.json",
        "sentence-transformers/1_Pooling/config.json", "sentence-transformers/modules.json",
        "sentence-transformers/sentence_bert_config.json",
      ])
  }

  @Test(arguments: ["..", ".", "", "../other", "a/b", "a/../a", "./a"])
  func `follows a module to no other folder`(module: String) throws {
    let (scratch, path) = try Self.folder(
      [
        "modules.json": #"[{"path":"\#(module)"}]"#, "config.json": "{}", "a/config.json": "{}",
        "a/b/config.json": "{}", "other/config.json": "{}", "x/modules.json": "[]",
      ])
    #expect(
      try Self.assets(path).keys.filter { $0.hasPrefix("sentence") }
        == ["sentence-transformers/modules.json"])
    _ = scratch
  }

  @Test(arguments: [
    ("config.json", "[]", "it is not a JSON object with unique keys"),
    ("config.json", #"{"a":1,"a":2}"#, "it is not a JSON object with unique keys"),
    ("tokenizer_config.json", "", "it is not a JSON object with unique keys"),
    ("modules.json", "{}", "it is not a JSON array of objects with unique keys"),
    (
      "special_tokens_map.json", String(repeating: " ", count: 1 << 20 + 1),
      "it is 1048577 bytes, more than 1048576"
    ),
    (
      "vocab.txt", String(repeating: "a", count: 1 << 26 + 1),
      "it is 67108865 bytes, more than 67108864"
    ),
  ])
  func `refuses a file that is not of its kind, or too long`(
    name: String, text: String, sentence: String
  ) throws {
    let (scratch, path) = try Self.folder([name: text])
    #expect(refusal(of: path) == "\(scratch.path(name)): \(sentence)")
  }

  @Test func `has no assets of a checkpoint that stands alone`() throws {
    let (scratch, path) = try Self.folder([:])
    #expect(try Self.assets(path).keys.sorted() == ["safetensors/metadata.json"])
    _ = scratch
  }
}
