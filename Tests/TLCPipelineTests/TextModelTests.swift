import Foundation
import TLCImport
import TLCModel
import TLCPipeline
import TLCRuntime
import TLCTestSupport
import TLCText
import Testing

/// Text in, labels out: against the pipelines of transformers, `fixtures/models/text/expected.json`.
@Suite struct TextModelTests {
  private static let tolerance: Float = 1e-5

  /// A model of `fixtures/models/huggingface`, with the tokenizer of a family.
  private static func model(
    _ folder: String, tokenizer family: String = "bert", _ more: [String: String] = [:]
  ) throws -> TextModel {
    let checkpoint = try ImporterRegistry.standard.open(
      Fixtures.path("models/huggingface/\(folder)/model.safetensors"))
    let graph = try #require(try LoweringRegistry.standard.graph(of: checkpoint))
    let tensors = Dictionary(uniqueKeysWithValues: checkpoint.tensors.map { ($0.name, $0) })
    let typed = try TypedGraph(graph) { name in
      tensors[name].map { ValueType($0.dtype, $0.shape) }
    }
    let session = try Session(typed, threadCount: 2) { try #require(tensors[$0]).load() }
    var assets = Dictionary(uniqueKeysWithValues: checkpoint.assets.map { ($0.name, $0.bytes) })
    for file in family == "bert" ? ["vocab.txt"] : ["vocab.json", "merges.txt"] {
      assets["huggingface/\(file)"] = try Fixtures.bytes("models/text/\(family)/\(file)")
    }
    for (name, text) in more { assets[name] = Array(text.utf8) }
    return try TextModel(session, assets: assets)
  }

  /// What was given to a pipeline, and what it gave.
  private static func cases(_ folder: String) throws -> [(given: Any, found: Any)] {
    let json = try JSONSerialization.jsonObject(
      with: Data(Fixtures.bytes("models/text/expected.json")))
    let cases = try #require((json as? [String: [[String: Any]]])?[folder])
    return try cases.map { (try #require($0["given"]), try #require($0["found"])) }
  }

  private static func near(_ a: Float, _ b: Any?) -> Bool {
    (b as? Double).map { abs(a - Float($0)) <= tolerance } ?? false
  }

  @Test func `embeds texts`() throws {
    let model = try Self.model("sentence-mean")
    #expect(model.task == .embedding)
    let cases = try Self.cases("sentence-mean")
    let texts = try cases.map { try #require($0.given as? String) }
    let vectors = try model.embed(texts)
    for (vector, found) in zip(vectors, cases.map(\.found)) {
      let expected = try #require(found as? [Double])
      #expect(vector.count == expected.count)
      #expect(zip(vector, expected).allSatisfy { Self.near($0, $1) })
    }
    // Alone or with others, a text has one vector.
    for (text, vector) in zip(texts, vectors) { #expect(try model.embed([text]) == [vector]) }
  }

  @Test(arguments: [
    ("bert-sequence", "bert"), ("bert-regression", "bert"), ("roberta-sequence", "roberta"),
    ("distilbert-sequence", "bert"),
  ])
  func `gives labels of texts and pairs`(folder: String, family: String) throws {
    let model = try Self.model(folder, tokenizer: family)
    #expect(model.task == .classification)
    let cases = try Self.cases(folder)
    let texts = try cases.map { given, _ -> (text: String, pair: String?) in
      if let text = given as? String { return (text, nil) }
      let pair = try #require(given as? [String: String])
      return (try #require(pair["text"]), pair["text_pair"])
    }
    for (labels, found) in zip(try model.classify(texts), cases.map(\.found)) {
      let expected = try #require(found as? [[String: Any]])
      #expect(labels.map(\.label) == expected.map { $0["label"] as? String })
      #expect(zip(labels, expected).allSatisfy { Self.near($0.score, $1["score"]) })
    }
  }

  @Test func `gives labels of tokens`() throws {
    let model = try Self.model("bert-token")
    #expect(model.task == .tokenLabels)
    for (given, found) in try Self.cases("bert-token") {
      let tokens = try model.labelTokens([try #require(given as? String)])[0]
      let expected = try #require(found as? [[String: Any]])
      #expect(tokens.map(\.token) == expected.map { $0["word"] as? String })
      #expect(tokens.map(\.label.label) == expected.map { $0["entity"] as? String })
      #expect(zip(tokens, expected).allSatisfy { Self.near($0.label.score, $1["score"]) })
    }
  }

  @Test func `fills masks`() throws {
    let model = try Self.model("bert-masked")
    #expect(model.task == .masks)
    for (given, found) in try Self.cases("bert-masked") {
      let masks = try model.fillMasks([try #require(given as? String)], count: 3)[0]
      let one = found as? [[String: Any]]
      let expected = try #require(one.map { [$0] } ?? found as? [[[String: Any]]])
      #expect(masks.count == expected.count)
      for (candidates, expected) in zip(masks, expected) {
        #expect(candidates.map(\.id) == expected.map { $0["token"] as? Int })
        #expect(zip(candidates, expected).allSatisfy { Self.near($0.score, $1["score"]) })
      }
    }
    #expect(
      throws: TextModelError.text("a text has no [MASK] among the tokens that the model takes")
    ) { try model.fillMasks(["the cat"]) }
  }

  @Test func `answers questions of texts that are longer than the model takes`() throws {
    let model = try Self.model("bert-question")
    #expect(model.task == .answers)
    for (given, found) in try Self.cases("bert-question") {
      let asked = try #require(given as? [String: String])
      let answers = try model.answer(
        try #require(asked["question"]), in: try #require(asked["context"]), count: 3)
      let expected = try #require(found as? [[String: Any]])
      // A text of the tokenizer has a space before a full stop where the one that was given has one.
      #expect(
        answers.map { $0.text.replacing(" .", with: ".") }
          == expected.map { ($0["answer"] as? String)?.replacing(" .", with: ".") })
      #expect(zip(answers, expected).allSatisfy { Self.near($0.score, $1["score"]) })
    }
    #expect(try model.answer("who?", in: "") == [])
    let long = String(repeating: "who ", count: 17)
    #expect(
      throws: TextModelError.text(
        "the question has 17 tokens, which leaves no room for a text of the 20 that the model takes"
      )
    ) { try model.answer(long, in: "the cat") }
  }

  @Test func `makes scores as the configuration asks`() throws {
    let config = String(
      decoding: try Fixtures.bytes("models/huggingface/bert-sequence/config.json"), as: UTF8.self)
    func labels(_ problem: String) throws -> [ScoredLabel] {
      let changed = config.replacing(
        "\"model_type\"", with: "\"problem_type\": \"\(problem)\", \"model_type\"")
      let model = try Self.model(
        "bert-sequence", ["huggingface/config.json": changed.replacing("LABEL_2", with: "good")])
      return try model.classify([("the cat", nil)])[0]
    }
    let plain = try labels("regression")
    let each = try labels("multi_label_classification")
    let one = try labels("single_label_classification")
    #expect(plain.map(\.label) == each.map(\.label))
    #expect(plain.map(\.label) == one.map(\.label))
    #expect(plain.contains { $0.label == "good" })
    for (plain, each) in zip(plain, each) {
      #expect(abs(each.score - 1 / (1 + exp(-plain.score))) <= Self.tolerance)
    }
    #expect(abs(one.map(\.score).reduce(0, +) - 1) <= Self.tolerance)
  }

  @Test func `puts the prompt before texts, and takes white space from around them`() throws {
    let plain = try Self.model("sentence-mean").embed(["the cat sat", "cat sat"])
    let name = "sentence-transformers/config_sentence_transformers.json"
    let prompts = #"{"prompts":{"query":"the ","document":""},"default_prompt_name":"#
    let prompted = try Self.model("sentence-mean", [name: prompts + "\"query\"}"])
    #expect(try prompted.embed(["cat sat\n"]) == [plain[0]])
    for none in ["null", "\"document\"", "\"other\""] {
      let model = try Self.model("sentence-mean", [name: prompts + none + "}"])
      #expect(try model.embed(["\u{3000}cat sat "]) == [plain[1]])
    }
    let cased = try Self.model(
      "sentence-mean",
      [
        "huggingface/tokenizer_config.json": #"{"do_lower_case":false}"#,
        "sentence-transformers/sentence_bert_config.json": #"{"do_lower_case":true}"#,
      ])
    #expect(try cased.embed(["CAT Sat"]) == [plain[1]])
  }

  @Test func `refuses a task that is not the model's, and assets that are wrong`() throws {
    let model = try Self.model("bert-question")
    #expect(throws: TextModelError.output("logits", there: ["start_logits", "end_logits"])) {
      try model.classify([("the cat", nil)])
    }
    #expect(
      throws: TextModelError.output("sentence_embedding", there: ["start_logits", "end_logits"])
    ) { try model.embed(["the cat"]) }
    #expect(
      throws: TextModelError.asset(
        "huggingface/tokenizer_config.json", "it is not a JSON object with unique keys")
    ) { try Self.model("bert-base", ["huggingface/tokenizer_config.json": "[]"]) }
    #expect(try Self.model("bert-base").task == nil)
  }

  @Test func `has nothing to say of no text`() throws {
    #expect(try Self.model("sentence-mean").embed([]) == [])
    #expect(try Self.model("bert-sequence").classify([]) == [])
  }
}
