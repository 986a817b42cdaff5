import TLCCore
import TLCTestSupport
import TLCText
import Testing

/// Files that are not what a tokenizer's are: each is refused with a sentence, and none traps.
@Suite struct HostileTokenizerTests {
  private static func wordPiece(
    vocabulary: String = #"{"[UNK]":0,"a":1,"\u0023\u0023b":2}"#, _ rest: String = ""
  ) -> String {
    #"{"model":{"type":"WordPiece","vocab":\#(vocabulary)},"#
      + #""pre_tokenizer":{"type":"BertPreTokenizer"}\#(rest)}"#
  }

  private static func bytes(merges: String, _ options: String = "") -> String {
    #"{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":\#(merges)\#(options)},"#
      + #""pre_tokenizer":{"type":"ByteLevel"}}"#
  }

  private static func refusal(_ files: [String: String]) -> String? {
    do throws(TextError) {
      _ = try Tokenizer(parsing: files.mapValues { Array($0.utf8) })
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static let file = "tokenizer.json"
  static let refusals: [(json: String, sentence: String)] = [
    ("[]", "it is not a JSON object, or has a key twice"),
    ("{}", "model is not an object"),
    (
      #"{"model":{"type":"Unigram"}}"#,
      "the model Unigram with the pre-tokenizer null is not supported"
    ),
    (#"{"normalizer":{"type":"NFKC"}}"#, "the normalizer NFKC is not supported"),
    (wordPiece(vocabulary: #"{"a":1}"#), "the token \"[UNK]\" is not in the vocabulary"),
    (
      wordPiece(vocabulary: #"{"[UNK]":0,"a":-1}"#),
      "model.vocab.a is not an integer from 0 to 4194303"
    ),
    (
      wordPiece(vocabulary: #"{"[UNK]":0,"a":4194304}"#),
      "model.vocab.a is not an integer from 0 to 4194303"
    ),
    (wordPiece(vocabulary: #"{"[UNK]":0,"a":0}"#), "two tokens have the id 0"),
    (
      wordPiece(vocabulary: #"{"[UNK]":0,"a":1,"a":2}"#),
      "it is not a JSON object, or has a key twice"
    ),
    (
      wordPiece(vocabulary: #"{"[UNK]":0,"\#(String(repeating: "x", count: 2000))":1}"#),
      "a token has 2000 bytes, beyond 1024, the limit"
    ),
    (
      wordPiece(#","added_tokens":[{"id":7,"content":"a"}]"#),
      "the added token \"a\" has the id 7, and 1 in the vocabulary"
    ),
    (
      wordPiece(#","added_tokens":[{"id":7,"content":"x"},{"id":8,"content":"x"}]"#),
      "the added token \"x\" is there twice"
    ),
    (
      wordPiece(#","added_tokens":[{"id":7,"content":"x"},{"id":7,"content":"y"}]"#),
      "two added tokens have the id 7"
    ),
    (wordPiece(#","decoder":{"type":"Metaspace"}"#), "the decoder Metaspace is not supported"),
    (
      wordPiece(#","padding":{"strategy":{"Fixed":1000000000},"pad_id":0,"pad_type_id":0}"#),
      "padding.strategy.Fixed is not an integer from 0 to 1048576"
    ),
    (
      wordPiece(#","truncation":{"max_length":1.5}"#),
      "truncation.max_length is not an integer from 0 to 9223372036854775807"
    ),
    (
      wordPiece(#","truncation":{"max_length":5,"strategy":"Never"}"#),
      "the truncation strategy Never is not supported"
    ),
    (
      wordPiece(#","post_processor":{"type":"BertProcessing","cls":["a"],"sep":["a",1]}"#),
      "post_processor.cls is not a token and its id"
    ),
    (
      wordPiece(
        #","post_processor":{"type":"TemplateProcessing","special_tokens":{},"pair":[],"#
          + #""single":[{"Sequence":{"id":"B","type_id":0}}]}"#),
      "post_processor.single.Sequence.id is not A"
    ),
    (
      wordPiece(
        #","post_processor":{"type":"TemplateProcessing","special_tokens":{},"pair":[],"#
          + #""single":[{"SpecialToken":{"id":"a","type_id":0}}]}"#),
      "post_processor.single.SpecialToken.id is not one of special_tokens"
    ),
    (bytes(merges: #"["a b c"]"#), "model.merges is not a list of pairs of tokens"),
    (
      bytes(merges: #"["a b","b a"]"#),
      "merge 2 is of tokens, or makes one, that the vocabulary does not have"
    ),
    (
      bytes(merges: #"[]"#, #","end_of_word_suffix":"</w>""#),
      "model.end_of_word_suffix is not supported"
    ),
  ]

  @Test(arguments: refusals)
  func `refuses, and says what is so`(json: String, sentence: String) {
    #expect(Self.refusal([Self.file: json]) == "\(Self.file): \(sentence)")
  }

  @Test func `refuses sets of files`() {
    #expect(
      Self.refusal(["merges.txt": ""])
        == "no tokenizer among merges.txt: there must be tokenizer.json, vocab.txt, or vocab.json "
        + "and merges.txt")
    #expect(
      Self.refusal(["vocab.txt": "[UNK]\n[SEP]"])
        == "vocab.txt: the token \"[CLS]\" is not in the vocabulary")
    #expect(
      Self.refusal(["vocab.json": #"{"a":0}"#, "merges.txt": "#version: 0.2\na b\na\n"])
        == "merges.txt: merge 2 is not two tokens with a space between")
    #expect(
      Self.refusal([
        "vocab.txt": "[UNK]", "tokenizer_config.json": #"{"tokenizer_class":"XLNetTokenizer"}"#,
      ])
        == "tokenizer_config.json: the tokenizer XLNetTokenizer, without its tokenizer.json, "
        + "is not supported")
    #expect(throws: TextError.malformed(file: "vocab.txt", "it is not UTF-8")) {
      try Tokenizer(parsing: ["vocab.txt": [0xFF, 0x0A]])
    }
  }

  /// Damage here and there: a tokenizer that is refused says so, and another one works.
  @Test(arguments: 0..<60)
  func `reads or refuses what is damaged, and never traps`(seed: UInt64) throws {
    var arbitrary = Arbitrary(seed: seed)
    let name = TextFixture.names[Int(seed) % 4]
    var files = try TextFixture.files(name)
    for (file, original) in files.sorted(by: { $0.key < $1.key }) where !original.isEmpty {
      var bytes = original
      // Mostly before the long lists, where the settings are, or after them.
      for _ in 0..<arbitrary.int(in: 0...3) {
        let reach = min(bytes.count, arbitrary.int(in: 0...3) == 0 ? bytes.count : 3000)
        let distance = arbitrary.int(in: 0...reach - 1)
        let place = arbitrary.int(in: 0...1) == 0 ? distance : bytes.count - 1 - distance
        bytes[place] =
          arbitrary.int(in: 0...1) == 0
          ? UInt8(ascii: "0") + UInt8(arbitrary.int(in: 0...9))
          : UInt8(arbitrary.int(in: 0...255))
      }
      if arbitrary.int(in: 0...9) == 0 { bytes.removeLast(arbitrary.int(in: 0...bytes.count)) }
      files[file] = bytes
    }
    do throws(TextError) {
      let tokenizer = try Tokenizer(parsing: files)
      let encoding = try? tokenizer.encode("Alice's <both> 東京 [MASK]", pair: "e\u{301} x")
      #expect(encoding.map { $0.ids.count == $0.attentionMask.count } ?? true)
      _ = tokenizer.decode(encoding?.ids ?? [])
    } catch {
      #expect(!"\(error)".isEmpty)
    }
  }
}
