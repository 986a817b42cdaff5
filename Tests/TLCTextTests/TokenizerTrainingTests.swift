import Foundation
import TLCTestSupport
import TLCText
import Testing

struct TokenizerTrainingTests {
  static let texts = [
    "The model is small, the small model fits; the pocket fits the model.",
    "A smaller model is smaller than a small one: it's the smallest!",
    "Überraschung: naïve café, 3.14 € & more… Überraschung naïve café",
    "  two spaces,\ttabs\nand lines\n\n", "low lower lowest new newer newest low low",
  ]

  static let sizes: [(TrainedTokenizer.Kind, Int)] = [(.byteLevelBPE, 290), (.wordPiece, 85)]

  @Test(arguments: sizes)
  func `a tokenizer that was learnt divides texts, and gives them back`(
    _ kind: TrainedTokenizer.Kind, _ count: Int
  ) throws {
    let trained = try TrainedTokenizer(kind, texts: Self.texts, vocabularyCount: count)
    #expect(trained.tokens.count == count && Set(trained.tokens).count == count)
    let tokenizer = try trained.tokenizer()
    #expect(tokenizer.idCount == count)
    let encodings = try tokenizer.encode(Self.texts.map { (text: $0, pair: nil) })
    for (text, encoding) in zip(Self.texts, encodings) {
      #expect(encoding.ids.first == Int32(trained.special.start))
      #expect(encoding.ids.last == Int32(trained.special.end))
      #expect(!encoding.ids.contains(Int32(trained.special.unknown)))
      if kind == .byteLevelBPE { #expect(tokenizer.decode(encoding.ids) == text) }
    }
    let tokenCount = encodings.reduce(0) { $0 + $1.attentionMask.count { $0 == 1 } }
    let byteCount = Self.texts.reduce(0) { $0 + $1.utf8.count }
    #expect(Double(tokenCount) < 0.75 * Double(byteCount))
  }

  private struct Recorded: Decodable {
    var text: String
    var ids: [Int32]
  }

  @Test(arguments: sizes)
  func `what is learnt is the recorded file, and its tokens are those of the tokenizers library`(
    _ kind: TrainedTokenizer.Kind, _ count: Int
  ) throws {
    let trained = try TrainedTokenizer(kind, texts: Self.texts, vocabularyCount: count)
    #expect(trained.file == (try Fixtures.bytes("training/\(kind.rawValue).json")))
    let tokens = Data(try Fixtures.bytes("training/tokens.json"))
    let recorded = try JSONDecoder().decode([String: [Recorded]].self, from: tokens)
    for sample in try #require(recorded[kind.rawValue]) {
      let encoding = try trained.tokenizer().encode([(text: sample.text, pair: nil)])[0]
      #expect(encoding.ids == sample.ids, "\(sample.text)")
    }
  }

  @Test(arguments: sizes)
  func `the order of texts changes nothing`(
    _ kind: TrainedTokenizer.Kind, _ count: Int
  ) throws {
    let one = try TrainedTokenizer(kind, texts: Self.texts, vocabularyCount: count)
    let other = try TrainedTokenizer(kind, texts: Self.texts.reversed(), vocabularyCount: count)
    #expect(one.file == other.file)
  }

  @Test func `the first merges are those of the most frequent pairs`() throws {
    let trained = try TrainedTokenizer(
      .byteLevelBPE, texts: ["abab abab abab ab cd cd"], vocabularyCount: 263)
    // a and b occur 7 times; then a space before ab as often as ab before ab, and has the lesser id.
    #expect(trained.tokens[261] == "ab")
    #expect(trained.tokens[262] == "Ġab")
  }

  @Test func `more tokens than the texts support are refused, with how many there would be`() {
    #expect(
      throws: TextError.training(
        "a vocabulary of 300 tokens is more than the texts support, which is 263: pairs that occur"
          + " twice are used up")
    ) {
      _ = try TrainedTokenizer(.byteLevelBPE, texts: ["abc abc"], vocabularyCount: 300)
    }
    #expect(
      throws: TextError.training(
        "a vocabulary of 100 tokens has no room for 5 that stand for no text and 256 bytes")
    ) { _ = try TrainedTokenizer(.byteLevelBPE, texts: ["abc"], vocabularyCount: 100) }
    #expect(
      throws: TextError.training(
        "a vocabulary of 6 tokens has no room for 5 that stand for no text and 3 characters of the"
          + " texts")
    ) { _ = try TrainedTokenizer(.wordPiece, texts: ["abc"], vocabularyCount: 6) }
  }
}
