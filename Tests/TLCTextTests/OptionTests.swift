import TLCCore
import TLCTestSupport
import TLCText
import Testing

/// What a `tokenizer.json` may say beside what the usual ones do, against the `tokenizers` library.
@Suite struct OptionTests {
  @Test(arguments: 0..<16)
  func `follows options as the reference does`(index: Int) throws {
    let all = try #require(try TextFixture.json("options.json").elements)
    #expect(all.count == 16)
    let parts = try #require(all[index].elements)
    let tokenizer = try Tokenizer(parsing: ["tokenizer.json": Array(parts[0].json.utf8)])
    for result in try #require(parts[1].elements) {
      let fields = try #require(result.elements)
      let text = try #require(fields[0].text)
      let encoding = try tokenizer.encode(text, pair: fields[1].text)
      #expect(encoding == (try TextFixture.encoding(fields[2])), "\(result.json)")
      let plain = try tokenizer.encode(text, pair: fields[1].text, addingSpecialTokens: false)
      #expect(plain.ids == fields[3].integers, "\(result.json)")
      let decoded = tokenizer.decode(encoding.ids)
      #expect(fields[4].text?.equalsInUTF8(decoded) == true, "\(result.json)")
    }
  }

  /// GPT-2's files have neither template nor a space before the text; CLIP's look like them.
  @Test func `reads files of GPT-2, which have no template`() throws {
    let vocabulary = #"{"a":0,"b":1,"ab":2,"Ġ":3,"Ġa":4,"<|endoftext|>":5}"#
    let merges = "#version: 0.2\na b\nĠ a\n"
    var files = ["vocab.json": Array(vocabulary.utf8), "merges.txt": Array(merges.utf8)]
    var tokenizer = try Tokenizer(parsing: files)
    #expect(try tokenizer.encode("ab a<|endoftext|>b").ids == [2, 4, 5, 1])
    #expect(tokenizer.decode([2, 4, 5, 1]) == "ab ab")
    files["tokenizer_config.json"] = Array(
      #"{"add_prefix_space":true,"tokenizer_class":"GPT2TokenizerFast"}"#.utf8)
    tokenizer = try Tokenizer(parsing: files)
    #expect(try tokenizer.encode("ab a").ids == [3, 2, 4])
    files["merges.txt"] = Array("a b</w>\n".utf8)
    #expect(
      throws: TextError.unsupported(file: "merges.txt", "a suffix of words, \"</w>\",")
    ) { try Tokenizer(parsing: files) }
  }
}
