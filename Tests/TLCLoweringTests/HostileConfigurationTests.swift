import Foundation
import TLCCore
import TLCImport
import TLCModel
import TLCRecordedModels
import TLCTestSupport
import Testing

/// Configurations and checkpoints that are wrong: each is an error that names what is, and none a
/// wrong graph.
@Suite struct HostileConfigurationTests {
  private static func checkpoint(_ folder: String) throws -> ImportedCheckpoint {
    try HuggingFaceLoweringTests.model(folder).checkpoint
  }

  /// A checkpoint with an asset whose members are changed; `nil` removes one.
  private static func changed(
    _ folder: String, _ members: [String: String?], of asset: String = "huggingface/config.json"
  ) throws -> ImportedCheckpoint {
    let checkpoint = try checkpoint(folder)
    let assets = try checkpoint.assets.map { found in
      guard found.name == asset else { return found }
      let old = try #require(StrictJSON(found.bytes)?.members)
      var new = old.filter { members[$0.key] == nil }.map { ($0.key, $0.value.json) }
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
        if let value { new.append((key, value)) }
      }
      let text = new.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
      return ImportedAsset(
        name: asset, mediaType: "application/json", bytes: Array("{\(text)}".utf8))
    }
    return try checkpoint.with(assets: assets)
  }

  /// The sentence with which a checkpoint has no graph.
  private static func refusal(_ checkpoint: ImportedCheckpoint) -> String? {
    do {
      _ = try LoweringRegistry.standard.graph(of: checkpoint)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static let place = "huggingface/config.json: "

  @Test(arguments: [
    ("hidden_size", nil, "it has no \"hidden_size\", and the model needs it"),
    ("hidden_size", "\"16\"", "\"hidden_size\" is not a whole number from 1 to 16777216"),
    ("hidden_size", "16.0", "\"hidden_size\" is not a whole number from 1 to 16777216"),
    ("hidden_size", "0", "\"hidden_size\" is not a whole number from 1 to 16777216"),
    (
      "hidden_size", "99999999999999999999",
      "\"hidden_size\" is not a whole number from 1 to 16777216"
    ),
    ("num_attention_heads", nil, "it has no \"num_attention_heads\", and the model needs it"),
    (
      "num_attention_heads", "-4",
      "\"num_attention_heads\" is not a whole number from 1 to 16777216"
    ),
    (
      "num_attention_heads", "3",
      "\"num_attention_heads\" is 3, which does not divide \"hidden_size\", 16"
    ),
    (
      "num_hidden_layers", "1000000000", "\"num_hidden_layers\" is not a whole number from 1 to 256"
    ),
    ("num_hidden_layers", "0", "\"num_hidden_layers\" is not a whole number from 1 to 256"),
    ("intermediate_size", "[24]", "\"intermediate_size\" is not a whole number from 1 to 16777216"),
    ("vocab_size", "null", "it has no \"vocab_size\", and the model needs it"),
    ("layer_norm_eps", "\"1e-12\"", "\"layer_norm_eps\" is not a number above 0 and below 1"),
    ("layer_norm_eps", "1e-400", "\"layer_norm_eps\" is not a number above 0 and below 1"),
    ("layer_norm_eps", "1e400", "\"layer_norm_eps\" is not a number above 0 and below 1"),
    ("layer_norm_eps", "-1", "\"layer_norm_eps\" is not a number above 0 and below 1"),
    ("hidden_act", "7", "\"hidden_act\" is not a string"),
    (
      "hidden_act", "\"xielu\"",
      "\"hidden_act\" is \"xielu\", which has no definition here; there are gelu, gelu_accurate,"
        + " gelu_fast, gelu_new, gelu_python, gelu_pytorch_tanh, linear, mish, relu, sigmoid, silu,"
        + " swish, tanh"
    ),
    (
      "position_embedding_type", "\"rotary\"",
      "\"position_embedding_type\" is \"rotary\", which has no definition here; there are absolute,"
        + " relative_key, relative_key_query"
    ),
    ("is_decoder", "true", "\"is_decoder\" is true, and only encoders have a definition here"),
    ("is_decoder", "1", "\"is_decoder\" is neither true nor false"),
    ("tie_word_embeddings", "\"yes\"", "\"tie_word_embeddings\" is neither true nor false"),
    ("architectures", "[]", "\"architectures\" is not a list of the name of one class"),
    ("architectures", "\"BertModel\"", "\"architectures\" is not a list of the name of one class"),
    (
      "architectures", "[\"BertForMultipleChoice\"]",
      "\"architectures\" is \"BertForMultipleChoice\", which has no definition here; there are"
        + " BertModel, BertForPreTraining, BertForMaskedLM, BertForNextSentencePrediction,"
        + " BertForSequenceClassification, BertForTokenClassification, BertForQuestionAnswering"
    ),
    ("model_type", "7", "\"model_type\" is not a string"),
    (
      "architectures", "[\"JinaBertForMaskedLM\"]",
      "\"architectures\" is \"JinaBertForMaskedLM\", which is no class of Bert"
    ),
    (
      "auto_map", "{\"AutoConfig\":\"a.B\",\"AutoModel\":\"a.C\"}",
      "\"auto_map\" has \"AutoModel\", code of the model's own, and none is executed"
    ),
  ])
  func `refuses a configuration, and says what is asked`(
    key: String, value: String?, sentence: String
  ) throws {
    let checkpoint = try Self.changed("bert-masked", [key: value])
    #expect(Self.refusal(checkpoint) == Self.place + sentence)
  }

  @Test(arguments: [
    (
      "hidden_size", "32",
      "tensor \"bert.embeddings.word_embeddings.weight\": its shape is [60, 16], and the configuration asks for [60, 32]"
    ),
    (
      "vocab_size", "61",
      "tensor \"bert.embeddings.word_embeddings.weight\": its shape is [60, 16], and the configuration asks for [61, 16]"
    ),
    (
      "type_vocab_size", "3",
      "tensor \"bert.embeddings.token_type_embeddings.weight\": its shape is [2, 16], and the configuration asks for [3, 16]"
    ),
    (
      "max_position_embeddings", "16777216",
      "tensor \"bert.embeddings.position_embeddings.weight\": its shape is [20, 16], and the configuration asks for [16777216, 16]"
    ),
    (
      "num_hidden_layers", "256",
      "tensor \"bert.encoder.layer.2.attention.self.query.weight\": the model needs it, and the checkpoint has no tensor of the name"
    ),
    (
      "tie_word_embeddings", "false",
      "tensor \"cls.predictions.decoder.weight\": the model needs it, and the checkpoint has no tensor of the name"
    ),
    (
      "position_embedding_type", "\"relative_key\"",
      "tensor \"bert.encoder.layer.0.attention.self.distance_embedding.weight\": the model needs it, and the checkpoint has no tensor of the name"
    ),
    (
      "architectures", "[\"BertForQuestionAnswering\"]",
      "tensor \"qa_outputs.weight\": the model needs it, and the checkpoint has no tensor of the name"
    ),
  ])
  func `refuses a configuration that the tensors do not fit`(
    key: String, value: String, sentence: String
  ) throws {
    let checkpoint = try Self.changed("bert-masked", [key: value])
    #expect(Self.refusal(checkpoint) == sentence)
  }

  @Test(arguments: [
    ("num_hidden_groups", "0", "\"num_hidden_groups\" is not a whole number from 1 to 4"),
    ("num_hidden_groups", "5", "\"num_hidden_groups\" is not a whole number from 1 to 4"),
    ("inner_group_num", "257", "\"inner_group_num\" is not a whole number from 1 to 256"),
    ("inner_group_num", "65", "it asks for 4 times 65 layers, above 256"),
  ])
  func `refuses to repeat layers of ALBERT without end`(
    key: String, value: String, sentence: String
  ) throws {
    #expect(
      Self.refusal(try Self.changed("albert-groups", [key: value])) == Self.place + sentence)
  }

  @Test(arguments: ["roberta-base", "distilbert-base", "albert-base", "electra-base", "bert-base"])
  func `survives any value of any key`(folder: String) throws {
    let config = try #require(
      Self.checkpoint(folder).assets.first { $0.name == "huggingface/config.json" })
    let members = try #require(StrictJSON(config.bytes)?.members)
    let values: [String?] = [
      nil, "null", "true", "\"\"", "-1", "0", "1", "2", "1.5", "1e999", "9223372036854775807", "[]",
      "{}", "[[]]",
    ]
    for (key, _) in members {
      for value in values {
        let checkpoint = try Self.changed(folder, [key: value])
        do throws(LoweringError) {
          // What is lowered has a meaning all the same.
          if let graph = try LoweringRegistry.standard.graph(of: checkpoint) {
            #expect(throws: Never.self) { try checkpoint.typed(graph) }
          }
        } catch {
          #expect(!"\(error)".isEmpty)
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<48)
  func `survives damage to any asset`(seed: UInt64) throws {
    var arbitrary = Arbitrary(seed: seed)
    let folders = ["sentence-several", "albert-groups", "roberta-masked", "mpnet-base"]
    let checkpoint = try Self.checkpoint(folders[arbitrary.int(in: 0...3)])
    for _ in 0..<8 {
      var assets = checkpoint.assets
      let place = arbitrary.int(in: 0...assets.count - 1)
      for _ in 0...arbitrary.int(in: 0...2) where !assets[place].bytes.isEmpty {
        let at = arbitrary.int(in: 0...assets[place].bytes.count - 1)
        switch arbitrary.int(in: 0...2) {
        case 0: assets[place].bytes[at] = UInt8(arbitrary.int(in: 0x20...0x7E))
        case 1: assets[place].bytes.remove(at: at)
        default: assets[place].bytes.insert(UInt8(arbitrary.int(in: 0x30...0x39)), at: at)
        }
      }
      let damaged = try checkpoint.with(assets: assets)
      do throws(LoweringError) {
        if let graph = try LoweringRegistry.standard.graph(of: damaged) {
          #expect(throws: Never.self) { try damaged.typed(graph) }
        }
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }

  @Test(arguments: [
    "bert-pre-training", "roberta-sequence", "distilbert-masked", "albert-masked",
    "electra-masked", "bert-question",
  ])
  func `names a tensor that is missing, or of another shape`(folder: String) throws {
    let checkpoint = try Self.checkpoint(folder)
    for tensor in checkpoint.tensors {
      let others = checkpoint.tensors.filter { $0.name != tensor.name }
      let missing = Self.refusal(try checkpoint.with(tensors: others))
      let isDecided = tensor.name.hasSuffix("word_embeddings.weight")
      // Without the embedding a head's base is looked for under another name.
      #expect(
        isDecided
          ? missing?.hasSuffix("the checkpoint has no tensor of the name") == true
          : missing == "tensor \"\(tensor.name)\": the model needs it, and the checkpoint has no"
            + " tensor of the name")
      let shape = try #require(Shape(tensor.shape.dimensions + [1]))
      let bytes = try tensor.load().bytes
      let other = ImportedTensor(
        name: tensor.name, dtype: tensor.dtype, sourceShape: shape, source: tensor.source
      ) { _ in Tensor(dtype: tensor.dtype, shape: shape, bytes: bytes) }
      #expect(
        Self.refusal(try checkpoint.with(tensors: others + [other]))?.hasPrefix(
          "tensor \"\(tensor.name)\": its shape is \(shape), and the configuration asks for ")
          == true)
    }
  }

  @Test func `does not guess where there is no configuration`() throws {
    let sentence =
      "huggingface/config.json: the checkpoint comes without it, and tensors do not tell the family,"
      + " the number of heads and the functions between layers: put the model's config.json beside it"
    for folder in ["bert-base", "distilbert-base", "albert-base"] {
      #expect(Self.refusal(try Self.checkpoint(folder).with(assets: [])) == sentence)
    }
    let scarce = try Self.changed("bert-base", ["model_type": nil, "architectures": nil])
    #expect(
      Self.refusal(scarce)
        == Self.place + "it has neither \"model_type\" nor \"architectures\", which tell the family"
    )
  }

  @Test func `tells the head of tensors where the configuration does not say it`() throws {
    for folder in ["bert-masked", "bert-pre-training", "roberta-question", "bert-base"] {
      let told = try LoweringRegistry.standard.graph(of: Self.checkpoint(folder))
      let silent = try LoweringRegistry.standard.graph(
        of: Self.changed(folder, ["architectures": nil]))
      #expect(told == silent)
    }
    #expect(
      Self.refusal(try Self.changed("bert-token", ["architectures": nil]))
        == Self.place
        + "it has no \"architectures\", and the tensors do not tell whether \"classifier.weight\" is of"
        + " texts or of tokens")
  }

  @Test func `refuses a decoder that is tied, and is not the embedding`() throws {
    let checkpoint = try Self.changed("bert-untied", ["tie_word_embeddings": "true"])
    #expect(
      Self.refusal(checkpoint)
        == "tensor \"cls.predictions.decoder.weight\": it differs from"
        + " \"bert.embeddings.word_embeddings.weight\", and the configuration says that the two are one"
    )
  }

  @Test func `takes no other model for one that sentence-transformers follows`() throws {
    let own = try Self.changed("sentence-mean", ["architectures": "[\"NomicBertModel\"]"])
    #expect(
      Self.refusal(own)
        == Self.place + "\"architectures\" is \"NomicBertModel\", which is no class of Bert")
    let head = try Self.changed("sentence-mean", ["architectures": "[\"BertForMultipleChoice\"]"])
    #expect(Self.refusal(head) == nil)
  }

  @Test(arguments: [
    ("pooling_mode_mean_tokens", "1", "\"pooling_mode_mean_tokens\" is neither true nor false"),
    ("pooling_mode_mean_tokens", "false", "it asks for no way of pooling"),
    ("pooling_mode_sum", "true", "\"pooling_mode_sum\" has no definition here"),
    ("pooling_mode", "\"mean\"", "\"pooling_mode\" has no definition here, but a flag a way"),
    (
      "include_prompt", "false",
      "\"include_prompt\" is false, and which tokens are of the prompt is not an input"
    ),
    (
      "word_embedding_dimension", "384",
      "\"word_embedding_dimension\" is 384, and the states of tokens are 16 wide"
    ),
  ])
  func `refuses a way of pooling by name`(key: String, value: String, sentence: String) throws {
    let asset = "sentence-transformers/1_Pooling/config.json"
    let checkpoint = try Self.changed("sentence-mean", [key: value], of: asset)
    #expect(Self.refusal(checkpoint) == "\(asset): \(sentence)")
  }

  @Test(arguments: [
    ("[]", ": it is not a list of modules"), ("{}", ": it is not a list of modules"),
    ("[7]", ": module 0: it has no \"type\""),
    (#"[{"type":"a.Transformer"}]"#, ": it has no Pooling, and so no embedding of a text"),
    (
      #"[{"type":"a.Transformer"},{"type":"a.Pooling","path":"2_Pooling"}]"#,
      ": module 1: the checkpoint comes without its configuration,"
        + " \"sentence-transformers/2_Pooling/config.json\""
    ),
    (
      #"[{"type":"a.Transformer"},{"type":"a.Pooling","path":"1_Pooling"},{"type":"a.Dense"}]"#,
      ": module 2: a \"a.Dense\" has no definition here, or not at this place; a Transformer, Pooling"
        + " and Normalize follow one another"
    ),
  ])
  func `refuses modules that have no definition`(list: String, sentence: String) throws {
    let checkpoint = try Self.checkpoint("sentence-mean")
    let name = "sentence-transformers/modules.json"
    let assets =
      checkpoint.assets.filter { $0.name != name } + [
        ImportedAsset(name: name, mediaType: "application/json", bytes: Array(list.utf8))
      ]
    #expect(Self.refusal(try checkpoint.with(assets: assets)) == name + sentence)
  }
}
