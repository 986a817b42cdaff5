import Foundation
import TLCCore
import TLCFormat
import TLCImport
import TLCModel
import TLCPipeline
import TLCRuntime
import TLCTestSupport
import TLCTraining
import Testing

/// Texts that models write: bit for bit what the whole graph says.
struct TranslationTests {
  private static let sequenceCount = 12

  /// A model that was not trained, whose weights are large enough to tell tokens apart.
  static func model(
    _ scratch: Scratch, recipe: Recipe = TrainedModel.exactly
  ) throws -> String {
    var model = try ParallelTextsTests.model(["aaaa aaaa"], sequence: sequenceCount)
    for (name, tensor) in model.weights where tensor.shape.rank == 2 {
      let scaled = tensor.elements(of: Float.self).map { 20 * $0 }
      model.weights[name] = Tensor(scaled, shape: tensor.shape)
    }
    let path = scratch.path("model.tlcq")
    try model.write(to: path, recipe: recipe, overwriting: false, seed: 1)
    return path
  }

  static func tensor(_ rows: [[Int]]) throws -> Tensor {
    Tensor(
      rows.joined().map { Int64($0) }, shape: try #require(Shape([rows.count, rows[0].count])))
  }

  /// Three texts, of which two are filled up.
  private static func source() throws -> [String: Tensor] {
    [
      "input_ids": try tensor([[0, 70, 71, 72, 2], [0, 99, 2, 1, 1], [0, 80, 2, 1, 1]]),
      "attention_mask": try tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 1, 0, 0]]),
    ]
  }

  /// Scores of what follows tokens, by the whole graph.
  static func scores(
    _ session: Session, _ source: [String: Tensor], _ written: [[Int]]
  ) throws -> [[Float]] {
    var inputs = source
    inputs["decoder_input_ids"] = try tensor(written)
    let logits = try session.run(inputs)[0]
    let count = try #require(logits.shape.dimensions.last)
    let all = logits.elements(of: Float.self)
    return stride(from: 0, to: all.count, by: count).map { Array(all[$0..<$0 + count]) }
  }

  /// Weights as they are, and as codes, tables of tokens and places among them.
  private static let recipes = [
    TrainedModel.exactly,
    Recipe(rules: [
      RecipeRule(
        match: .floatingMatrices,
        quantize: RecipeStep(method: "min-max", parameters: ["bits": .integer(8)]))
    ]),
  ]

  @Test(arguments: [1, 3], recipes) func `a token at a time has the bits of all at once`(
    _ threadCount: Int, _ recipe: Recipe
  ) throws {
    let scratch = try Scratch()
    let session = try Session(
      opening: try Self.model(scratch, recipe: recipe), verifying: .probes,
      threadCount: threadCount)
    let written = [[0, 75, 80, 261, 4, 90], [0, 2, 1, 1, 30, 31], [0, 7, 7, 7, 7, 7]]
    let whole = try Self.scores(session, try Self.source(), written)
    let decoder = try session.incrementalDecoder()
    var state = try decoder.read(try Self.source())
    for place in 0..<6 {
      let step = try decoder.write(written.map { $0[place] }, &state)
      #expect(step.shape.dimensions == [3, 1, 262])
      let elements = step.elements(of: Float.self)
      for row in 0..<3 {
        let own = elements[row * 262..<(row + 1) * 262].map { $0.bitPattern }
        #expect(own == whole[row * 6 + place].map { $0.bitPattern }, "row \(row), token \(place)")
      }
    }
    // Rows in another order, and one twice.
    var other = state.rows([2, 0, 0])
    #expect(other.tokenCount == 6 && other.rowCount == 3)
    let tokens = [8, 9, 10]
    let next = try decoder.write(tokens, &other).elements(of: Float.self)
    for (row, place) in [2, 0, 0].enumerated() {
      let source = try Self.source().mapValues { tensor in
        try Self.tensor([tensor.elements(of: Int64.self)[place * 5..<place * 5 + 5].map { Int($0) }]
        )
      }
      let alone = try Self.scores(session, source, [written[place] + [tokens[row]]])[6]
      #expect(Array(next[row * 262..<(row + 1) * 262]) == alone)
    }
  }

  @Test func `more tokens than the model has places for are refused`() throws {
    let scratch = try Scratch()
    let decoder = try Session(opening: try Self.model(scratch)).incrementalDecoder()
    var state = try decoder.read(try Self.source())
    for _ in 0..<Self.sequenceCount { _ = try decoder.write([5, 5, 5], &state) }
    #expect(throws: GraphError.self) { _ = try decoder.write([5, 5, 5], &state) }
    #expect(throws: GraphError.self) { _ = try decoder.write([5, 5], &state) }
    #expect(throws: GraphError.self) { _ = try decoder.read([:]) }
  }

  @Test func `with one text to go on with, each token is the likeliest`() throws {
    let scratch = try Scratch()
    let session = try Session(opening: try Self.model(scratch))
    let decoder = try session.incrementalDecoder()
    let search = BeamSearch(start: 0, end: 2, greatestTokenCount: 8)
    let found = try search.run(decoder, try decoder.read(try Self.source()))
    var written = [[0], [0], [0]]
    for count in 1...8 {
      let scores = try Self.scores(session, try Self.source(), written)
      for row in 0..<3 {
        let own = scores[(row + 1) * count - 1]
        written[row].append(try #require(own.indices.max { own[$0] < own[$1] }))
      }
    }
    for row in 0..<3 {
      let tokens = written[row].dropFirst()
      #expect(found[row].tokens == Array(tokens.prefix { $0 != 2 }))
    }
    #expect(Set(found.map { $0.tokens }).count == 3, "it says the same of every text")
  }

  /// The logarithms of the probabilities that scores stand for.
  private static func logarithms(_ scores: [Float]) -> [Double] {
    let most = Double(scores.max() ?? 0)
    let sum = scores.reduce(0.0) { $0 + exp(Double($1) - most) }
    return scores.map { Double($0) - most - log(sum) }
  }

  @Test(arguments: [0.0, 1.5])
  func `going on with all texts finds the best of two tokens at most`(_ penalty: Double) throws {
    let scratch = try Scratch()
    let session = try Session(opening: try Self.model(scratch))
    let decoder = try session.incrementalDecoder()
    let source = [
      "input_ids": try Self.tensor([[0, 70, 2]]), "attention_mask": try Self.tensor([[1, 1, 1]]),
    ]
    // The token behind a text is one that is likely: not so many end at once.
    let first = Self.logarithms(try Self.scores(session, source, [[0]])[0])
    let end = try #require(first.indices.sorted { first[$0] > first[$1] }.dropFirst(2).first)
    var best = (tokens: [Int](), score: first[end])
    let many = try source.mapValues { tensor in
      try Self.tensor(
        [[Int]](repeating: tensor.elements(of: Int64.self).map { Int($0) }, count: 262))
    }
    let second = try Self.scores(session, many, (0..<262).map { [0, $0] })
    for a in 0..<262 where a != end {
      for (b, logarithm) in Self.logarithms(second[2 * a + 1]).enumerated() {
        let score = (first[a] + logarithm) / pow(2, penalty)
        if score > best.score { best = (b == end ? [a] : [a, b], score) }
      }
    }
    let search = BeamSearch(
      start: 0, end: end, width: 262, greatestTokenCount: 2, lengthPenalty: penalty)
    let found = try search.run(decoder, try decoder.read(source))[0]
    #expect(found.tokens == best.tokens)
    #expect(abs(found.score - best.score) < 1e-9)
    // A beam of fewer finds nothing better.
    for width in [1, 3] {
      let few = BeamSearch(
        start: 0, end: end, width: width, greatestTokenCount: 2, lengthPenalty: penalty)
      #expect(try few.run(decoder, try decoder.read(source))[0].score <= found.score)
    }
  }

  /// `scripts/record-training`: what transformers writes with the model that PyTorch trained.
  @Test(arguments: [("1.1", 1, 1.0), ("2.1", 2, 1), ("3.0", 3, 0), ("3.3", 3, 3), ("4.1", 4, 1)])
  func `texts and scores are those of transformers`(
    _ name: String, _ width: Int, _ penalty: Double
  ) throws {
    let file = try ImporterRegistry.standard.open(
      Fixtures.path("training/translation.safetensors"))
    var recorded: [String: Tensor] = [:]
    for tensor in file.tensors { recorded[tensor.name] = try tensor.load() }
    let graph = try EncoderModel(
      EncoderShape(
        vocabularyCount: 32, width: 12, depth: 2, headCount: 3, innerWidth: 20, sequenceCount: 10),
      head: .decoder(depth: 1)
    ).graph(for: .use)
    let typed = try TypedGraph(graph) { name in
      recorded["after.\(name)"].map { ValueType($0.dtype, $0.shape) }
    }
    let weights = recorded
    let session = try Session(typed) { try #require(weights["after.\($0)"]) }
    let decoder = try session.incrementalDecoder()
    let source = [
      "input_ids": try #require(recorded["step.10.ids"]),
      "attention_mask": try #require(recorded["step.10.mask"]),
    ]
    let search = BeamSearch(
      start: 0, end: 15, width: width, greatestTokenCount: 9, lengthPenalty: penalty)
    let found = try search.run(decoder, try decoder.read(source))
    let texts = try #require(recorded["beam.\(name)"]).elements(of: Int64.self)
    let scores = try #require(recorded["beam.\(name).scores"]).elements(of: Float.self)
    for row in 0..<3 {
      let tokens = texts[row * 9..<row * 9 + 9].filter { $0 != 1 && $0 != 15 }
      #expect(found[row].tokens == tokens.map { Int($0) }, "row \(row)")
      // Of the likeliest tokens alone, transformers tells no score.
      if width > 1 { #expect(abs(found[row].score - Double(scores[row])) < 1e-4, "row \(row)") }
    }
  }

  private static func textModel(_ path: String, threadCount: Int) throws -> TextModel {
    let checkpoint = try Checkpoint(path: path)
    var assets: [String: [UInt8]] = [:]
    for asset in checkpoint.main.assets {
      assets[asset.name] = try checkpoint.main.bytes(of: asset)
    }
    return try TextModel(Session(checkpoint, threadCount: threadCount), assets: assets)
  }

  @Test func `translations depend neither on threads nor on the texts beside them`() throws {
    let scratch = try Scratch()
    let path = try Self.model(scratch)
    let model = try Self.textModel(path, threadCount: 1)
    #expect(model.task == .translation)
    // The last has more tokens than the model takes, and is cut.
    let texts = (0..<40).map { String("abcdefghij".dropFirst($0 % 10)) } + ["", "abcdefghijklmnop"]
    let together = try model.translate(texts)
    #expect(together.count == 42 && Set(together.map { $0.text }).count > 5)
    for place in [0, 7, 40, 41] {
      #expect(try model.translate([texts[place]]) == [together[place]])
    }
    #expect(try Self.textModel(path, threadCount: 3).translate(texts) == together)
    let short = try model.translate(["abc"], TranslationSettings(greatestTokenCount: 1))
    #expect(short[0].text.utf8.count <= 1)
  }

  @Test func `settings that make no sense are refused`() throws {
    for (settings, sentence) in [
      (TranslationSettings(beamCount: 0), "a beam of 0 is not of 1 to 1024 texts"),
      (
        TranslationSettings(greatestTokenCount: 0),
        "a translation of at most 0 tokens has no end"
      ),
      (
        TranslationSettings(lengthPenalty: .infinity),
        "a length penalty of inf is not from -100 to 100"
      ),
    ] {
      #expect(throws: TextModelError.text(sentence)) { try settings.require() }
    }
  }

  private static func refusal(_ change: (inout Graph) -> Void) throws -> GraphError? {
    let model = try ParallelTextsTests.model(["aaaa aaaa"])
    var graph = try model.model.graph(for: .use)
    change(&graph)
    let typed = try TypedGraph(graph) { name in
      model.weights[name].map { ValueType($0.dtype, $0.shape) }
    }
    let session = try Session(typed) { try #require(model.weights[$0]) }
    do throws(GraphError) {
      _ = try session.incrementalDecoder()
      return nil
    } catch { return error }
  }

  @Test func `graphs in which tokens see those behind them are refused`() throws {
    #expect(try Self.refusal { _ in } == nil)
    let seeing = try Self.refusal { graph in
      for place in graph.nodes.indices { graph.nodes[place].attributes["is_causal"] = nil }
    }
    #expect(
      seeing?.description.contains("a token may see those behind it") == true, "\(seeing as Any)")
    let summing = try Self.refusal { graph in
      let last = graph.nodes.count - 1
      let axis = graph.constants.first { $0.tensor.dtype == .i64 && $0.tensor.shape.rank == 0 }
      graph.nodes[last].outputs = ["scores"]
      graph.nodes.append(
        Node(
          "CumSum", name: "sum", inputs: ["scores", axis?.name ?? ""], outputs: ["logits"]))
    }
    #expect(summing?.description.contains("none that takes each token for itself") == true)
    let turned = try Self.refusal { graph in
      let place = graph.nodes.lastIndex { $0.operation == "LayerNormalization" } ?? 0
      graph.nodes[place].attributes["axis"] = .int(2)
    }
    #expect(turned?.description.contains("none that takes each token for itself") == true)
    let nameless = try Self.refusal { graph in
      for place in graph.nodes.indices {
        graph.nodes[place].inputs = graph.nodes[place].inputs.map {
          $0 == "decoder_position_ids" ? "places" : $0
        }
        graph.nodes[place].outputs = graph.nodes[place].outputs.map {
          $0 == "decoder_position_ids" ? "places" : $0
        }
      }
    }
    #expect(nameless?.description.contains("as a graph that writes has") == true)
  }
}
