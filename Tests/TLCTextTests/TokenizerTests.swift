import TLCCore
import TLCSystem
import TLCTestSupport
import TLCText
import Testing

/// Tokenizers against the `tokenizers` library, which wrote what is expected.
@Suite struct TokenizerTests {
  @Test(arguments: TextFixture.names)
  func `gives the reference's ids`(name: String) throws {
    let fixture = try TextFixture(name)
    let lines = try #require(try TextFixture.json("lines.json").elements?.compactMap(\.text))
    let expected = try fixture.expected("ids").map(\.integers)
    #expect(lines.count > 200 && lines.count == expected.count)
    for (line, ids) in zip(lines, expected) {
      let encoding = try fixture.tokenizer.encode(line)
      #expect(encoding.ids == ids, "\(line.debugDescription)")
    }
  }

  /// 10,000 lines, of which the ids of each hundred have a digest.
  @Test(arguments: TextFixture.names)
  func `gives the reference's ids of 10,000 varied lines`(name: String) throws {
    let fixture = try TextFixture(name)
    let lines = try VariedLines()
    let digests = try fixture.expected("digests").map(\.text)
    #expect(digests.count == 100)
    for (block, digest) in digests.enumerated() {
      var bytes: [UInt8] = []
      for number in block * 100..<block * 100 + 100 {
        let ids = try fixture.tokenizer.encode(lines.line(number)).ids
        for value in [Int32(ids.count)] + ids {
          for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
      }
      #expect(Digest(of: bytes.span).hex == digest, "lines from \(block * 100)")
    }
  }

  @Test(arguments: TextFixture.names)
  func `gives the reference's text of ids`(name: String) throws {
    let fixture = try TextFixture(name)
    for decoding in try fixture.expected("decodings") {
      let parts = try #require(decoding.elements)
      let ids = try #require(parts[0].integers)
      let whole = fixture.tokenizer.decode(ids, skippingSpecialTokens: false)
      let text = fixture.tokenizer.decode(ids)
      #expect(parts[1].text?.equalsInUTF8(whole) == true, "\(ids)")
      #expect(parts[2].text?.equalsInUTF8(text) == true, "\(ids)")
    }
  }

  @Test(arguments: TextFixture.names)
  func `finds the id of each token, and the token of each id`(name: String) throws {
    let tokenizer = try TextFixture(name).tokenizer
    for id in 0..<tokenizer.idCount {
      let token = try #require(tokenizer.token(of: id))
      #expect(tokenizer.id(of: token) == id)
    }
    #expect(tokenizer.token(of: tokenizer.idCount) == nil)
    #expect(tokenizer.token(of: -1) == nil)
    #expect(tokenizer.id(of: "no such token") == nil)
  }

  @Test func `fills a batch to its longest text`() throws {
    var tokenizer = try TextFixture("wordpiece-uncased").tokenizer
    tokenizer.padding = Padding(id: 0)
    let texts = ["Alice", "the nation of Alice and the people", ""]
    let encodings = try tokenizer.encode(texts.map { (text: $0, pair: nil) })
    let counts = encodings.map { $0.attentionMask.reduce(0, +) }
    #expect(Set(encodings.map(\.ids.count)) == [Int(counts[1])])
    #expect(counts[0] < counts[1] && counts[2] == 2)
    tokenizer.padding = nil
    for (text, encoding) in zip(texts, encodings) {
      let alone = try tokenizer.encode(text)
      #expect(Array(encoding.ids.prefix(alone.ids.count)) == alone.ids)
      #expect(encoding.ids.dropFirst(alone.ids.count).allSatisfy { $0 == 0 })
    }
  }
}
