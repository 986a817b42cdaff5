import TLCPipeline
import TLCTestSupport
import TLCText
import TLCTraining
import Testing

struct ParallelTextsTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func write(_ text: String, to name: String) throws -> String {
    try scratch.write(Array(text.utf8), to: name)
  }

  @Test func `lines of two files belong together, and only line feeds divide them`() throws {
    let source = try write("one two\u{2028}three\r\nfour\u{85}\n", to: "a")
    let texts = try ParallelTexts(
      .lines(source: source, target: try write("eins\u{B}zwei\nvier", to: "b")))
    #expect(texts.pairs.map { $0.source } == ["one two\u{2028}three", "four\u{85}"])
    #expect(texts.pairs.map { $0.target } == ["eins\u{B}zwei", "vier"])
    #expect(texts.pairs.map { $0.line } == [1, 2])
  }

  @Test func `a tab stands between a text and its translation`() throws {
    let texts = try ParallelTexts(.table(try write("one\teins\ntwo \t zwei\n", to: "a")))
    #expect(texts.pairs.map { $0.source } == ["one", "two "])
    #expect(texts.pairs.map { $0.target } == ["eins", " zwei"])
  }

  @Test(arguments: [
    ("a\nb\n", "a\n", "a has 2 lines and "), ("a\n\nb", "a\nb\nc", "a, line 2: it is empty"),
    ("a\nb", "a\n \u{A0}\n", "b, line 2: it is empty"), ("", "a", "a is empty: it has no line"),
  ])
  func `files that do not belong together are refused`(
    _ source: String, _ target: String, _ sentence: String
  ) throws {
    let files = ParallelTexts.Files.lines(
      source: try write(source, to: "a"), target: try write(target, to: "b"))
    let error = try #require(throws: TrainingError.self) { _ = try ParallelTexts(files) }
    #expect(error.description.contains("/\(sentence)"), "\(error)")
  }

  @Test(arguments: [
    ("a\tb\nc\n", "line 2: it has 0 tabs, not a text, a tab and its translation"),
    ("a\tb\tc\n", "line 1: it has 2 tabs"),
    ("a\t\n", "line 1: a text or its translation is empty"),
    ("\n", "line 1: it has 0 tabs"),
  ])
  func `lines that are no text with a translation are refused`(
    _ text: String, _ sentence: String
  ) throws {
    let path = try write(text, to: "a")
    let error = try #require(throws: TrainingError.self) { _ = try ParallelTexts(.table(path)) }
    #expect(error.description.contains(sentence), "\(error)")
  }

  @Test func `the last pairs are held out, and only those that are learnt from count`() throws {
    let lines = (0..<20).map { "\($0)\t\($0)" }.joined(separator: "\n")
    let texts = try ParallelTexts(.table(try write(lines, to: "a")))
    let (training, measuring) = try texts.holdingOut(0.1)
    #expect(training.pairs.map { $0.line } == Array(1...18))
    #expect(measuring.pairs.map { $0.line } == [19, 20])
    #expect(try texts.holdingOut(0.001).measuring.pairs.count == 1)
    #expect(training.digest() != texts.digest())
    #expect(training.digest() != training.digest(tokenCount: 9))
    let one = try ParallelTexts(.table(try write("a\tb", to: "one")))
    #expect(throws: TrainingError.self) { _ = try one.holdingOut(0.5) }
  }

  static func model(_ texts: [String], sequence: Int = 20) throws -> TrainedModel {
    let tokenizer = try TrainedTokenizer(
      .byteLevelBPE, texts: texts, vocabularyCount: 262)
    return try TrainedModel(
      EncoderShape(
        vocabularyCount: 0, width: 16, depth: 1, headCount: 2, sequenceCount: sequence),
      head: .decoder(depth: 2), tokenizer: tokenizer, seed: 1)
  }

  @Test func `a text that is longer than the model takes is named`() throws {
    let texts = try ParallelTexts(.table(try write("aaaa\tb\na\tbcdefghijk\n", to: "a")))
    let model = try Self.model(["aaaa aaaa"], sequence: 11)
    let error = try #require(throws: TrainingError.self) {
      _ = try model.task(training: texts, measuring: texts)
    }
    #expect(
      error.description.hasSuffix(
        "a, line 2: a text is 12 tokens with the two around it, and the model takes 11; 1 of 2 pairs"
          + " are longer, and a sequence of 12 takes all"),
      "\(error)")
    _ = try Self.model(["aaaa aaaa"], sequence: 12).task(training: texts, measuring: texts)
  }

  @Test func `a model of translations is read back as it was written`() throws {
    let model = try Self.model(["aaaa aaaa"])
    let path = scratch.path("model.tlcq")
    try model.write(to: path, overwriting: false, seed: 1)
    let read = try TrainedModel(path: path)
    #expect(read.model == model.model && read.weights == model.weights)
    #expect(read.special == model.special && read.tokenizerFile == model.tokenizerFile)
    #expect(throws: TrainingError.self) { _ = try read.classifying(["a", "b"], seed: 1) }
  }
}
