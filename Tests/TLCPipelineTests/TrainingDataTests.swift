import TLCPipeline
import TLCTestSupport
import TLCText
import TLCTraining
import Testing

struct TrainingDataTests {
  private static func write(_ text: String) throws -> (Scratch, String) {
    let scratch = try Scratch()
    return (scratch, try scratch.write(Array(text.utf8), to: "data"))
  }

  @Test func `columns are found by name, in any order`() throws {
    let (scratch, path) = try Self.write("id\tlabel\ttext\n1\tyes\ta good one\n2\tno\tbad\n\n")
    let texts = try LabelledTexts(path: path, columns: .init(text: "text", label: "label"))
    #expect(texts.rows.map { $0.text } == ["a good one", "bad"])
    #expect(texts.labels == ["no", "yes"])
    _ = scratch
  }

  @Test func `without columns, a line is a label, a space and a text`() throws {
    let (scratch, path) = try Self.write("1 a good one\n0 bad\r\n")
    let texts = try LabelledTexts(path: path)
    #expect(texts.rows.map { $0.text } == ["a good one", "bad"])
    #expect(texts.rows.map { $0.label } == ["1", "0"])
    _ = scratch
  }

  @Test func `a byte order mark is no part of the first label`() throws {
    let (scratch, path) = try Self.write("\u{FEFF}0 a\n1 b\n0 c\n")
    let texts = try LabelledTexts(path: path)
    #expect(texts.labels == ["0", "1"] && texts.rows[0].label == "0")
    try texts.requireClasses()
    _ = scratch
  }

  @Test(arguments: [
    ("1 a\n1 b\n", "data: all 2 texts have the label \"1\""),
    (
      (0..<17).map { "\($0) a\n" }.joined(),
      "each of 17 texts has a label of its own: is the column the right one?"
    ),
  ])
  func `labels that tell nothing apart are refused`(_ text: String, _ sentence: String) throws {
    let (scratch, path) = try Self.write(text)
    let error = try #require(throws: TrainingError.self) {
      try LabelledTexts(path: path).requireClasses()
    }
    #expect(error.description.replacing("\(path): ", with: "").contains(sentence), "\(error)")
    _ = scratch
  }

  @Test(arguments: [
    (
      "text\tclass\na\t1\n", true,
      "has no column \"label\"; its first line names \"text\", \"class\""
    ),
    ("text\tlabel\na\n", true, "line 2: columns, which tabs divide, are 1, not 2"),
    ("text\tlabel\na\tb\t1\n", true, "line 2: columns, which tabs divide, are 3, not 2"),
    ("text\tlabel\tlabel\na\t1\t2\n", true, "line 1: it names 2 columns \"label\""),
    ("text\tlabel\na\t1\n", false, "line 1: a tab stands behind its first word"),
    ("text\tlabel\n", true, "has no line with a label"),
    ("", false, "has no line with a label"), ("alone\n", false, "line 1: it has no label"),
    (" text\n", false, "line 1: it has no label"),
  ])
  func `what has no labels is refused, with the place`(
    _ text: String, _ named: Bool, _ sentence: String
  ) throws {
    let (scratch, path) = try Self.write(text)
    let columns = named ? LabelledTexts.Columns(text: "text", label: "label") : nil
    let error = try #require(throws: TrainingError.self) {
      _ = try LabelledTexts(path: path, columns: columns)
    }
    #expect(error.description.contains(sentence), "\(error)")
    _ = scratch
  }

  @Test func `lines end as they do in files of lines, and nowhere else`() throws {
    let (scratch, path) = try Self.write("0 good\u{2028}1 bad\u{0C}2 ugly\r\n1 b\rc\n")
    let texts = try LabelledTexts(path: path)
    #expect(texts.rows.map { $0.label } == ["0", "1"])
    #expect(texts.rows.map { $0.text } == ["good\u{2028}1 bad\u{0C}2 ugly", "b\rc"])
    _ = scratch
  }

  @Test func `whole paragraphs are held out, from the end`() throws {
    let (scratch, path) = try Self.write("one\ntwo\n\nthree\n \nfour\n\n\nfive\n")
    let corpus = try TextCorpus(paths: [path], heldOut: 0.3)
    #expect(corpus.training == ["one\ntwo", "three"])
    #expect(corpus.measuring == ["four", "five"])
    _ = scratch
  }

  @Test(arguments: [
    ("", "is empty: it has no text to learn from"), ("\n \n", "is empty"),
    ("one\ntwo", "is held out to measure with: it is one paragraph"),
  ])
  func `text that cannot be learnt from is refused`(_ text: String, _ sentence: String) throws {
    let (scratch, path) = try Self.write(text)
    let error = try #require(throws: TrainingError.self) {
      _ = try TextCorpus(paths: [path], heldOut: 0.05)
    }
    #expect(error.description.contains(sentence), "\(error)")
    _ = scratch
  }

  @Test func `what is no UTF-8 is refused`() throws {
    let scratch = try Scratch()
    let path = try scratch.write([0x61, 0xFF, 0x0A], to: "data")
    #expect(throws: TrainingError.data("\(path) is not UTF-8")) {
      _ = try TextCorpus(paths: [path], heldOut: 0.05)
    }
  }

  @Test func `a model is read back as it was written, compressed or not`() throws {
    let scratch = try Scratch()
    let tokenizer = try TrainedTokenizer(
      .byteLevelBPE, texts: ["a small model and a small text"], vocabularyCount: 265)
    let shape = EncoderShape(
      vocabularyCount: 0, width: 16, depth: 1, headCount: 2, sequenceCount: 20)
    let model = try TrainedModel(shape, tokenizer: tokenizer, seed: 1)
      .classifying(["no", "yes", "\"so\""], seed: 2)
    let path = scratch.path("model.tlcq")
    try model.write(to: path, overwriting: false, seed: 1)
    let read = try TrainedModel(path: path)
    #expect(read.model == model.model && read.weights == model.weights)
    #expect(read.labels == model.labels && read.special == model.special)
    #expect(read.tokenizerFile == model.tokenizerFile)
    let small = scratch.path("small.tlcq")
    try model.write(to: small, recipe: .eightBits, overwriting: false, seed: 1)
    let rounded = try TrainedModel(path: small)
    #expect(rounded.model == model.model && rounded.weights != model.weights)
  }
}
