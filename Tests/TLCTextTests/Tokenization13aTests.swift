import TLCText
import Testing

struct Tokenization13aTests {
  @Test func `words are sacrebleu's`() throws {
    let lines = try #require(try TextFixture.json("bleu.json")["lines"]?.elements)
    #expect(lines.count > 100)
    for line in lines {
      let (text, words) = (try #require(line["text"]?.text), try #require(line["words"]?.text))
      #expect(Tokenization13a.words(of: text).joined(separator: " ") == words, "\(text)")
    }
  }
}
