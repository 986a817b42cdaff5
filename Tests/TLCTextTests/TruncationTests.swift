import TLCCore
import TLCTestSupport
import TLCText
import Testing

/// Templates, truncation, windows and padding, against the `tokenizers` library.
@Suite struct TruncationTests {
  private static func truncation(_ json: StrictJSON) throws -> Truncation? {
    guard json.members != nil else { return nil }
    let strategies: [String: Truncation.Strategy] = [
      "longest_first": .longestFirst, "only_first": .onlyFirst, "only_second": .onlySecond,
    ]
    return Truncation(
      greatestCount: try #require(json["max_length"]?.count),
      strategy: try #require(strategies[json["strategy"]?.text ?? ""]),
      stride: try #require(json["stride"]?.count),
      direction: json["direction"]?.text == "left" ? .left : .right)
  }

  private static func padding(_ json: StrictJSON) -> Padding? {
    guard json.members != nil else { return nil }
    return Padding(
      length: json["length"]?.count.map { .fixed($0) } ?? .longest,
      multiple: json["pad_to_multiple_of"]?.count ?? 1,
      direction: json["direction"]?.text == "left" ? .left : .right,
      id: Int32(json["pad_id"]?.count ?? 0), typeID: Int32(json["pad_type_id"]?.count ?? 0))
  }

  @Test(arguments: TextFixture.names)
  func `truncates, fills and divides as the reference does`(name: String) throws {
    let fixture = try TextFixture(name)
    var refusals = 0
    for json in try fixture.expected("cases") {
      let parts = try #require(json.elements)
      let text = try #require(parts[0].text)
      var tokenizer = fixture.tokenizer
      tokenizer.truncation = try Self.truncation(parts[2])
      tokenizer.padding = Self.padding(parts[3])
      let addsSpecial = parts[4].json == "true"
      let encodings = try? tokenizer.encodeWindows(
        text, pair: parts[1].text, addingSpecialTokens: addsSpecial)
      let first = try? tokenizer.encode(
        text, pair: parts[1].text, addingSpecialTokens: addsSpecial)
      #expect(first == encodings?.first)
      let expected = try parts[5].elements.map { try $0.map { try TextFixture.encoding($0) } }
      let isFirstOnly = parts[6].json == "true"
      let compared = isFirstOnly ? encodings.map { Array($0.prefix(1)) } : encodings
      #expect(compared == expected, "\(json.json)")
      if expected == nil { refusals += 1 }
    }
    let isWhole = try fixture.expected("cases").count > 7
    #expect((refusals > 0) == isWhole)
  }

  @Test func `says what truncation it cannot do`() throws {
    var tokenizer = try TextFixture("wordpiece-uncased").tokenizer
    tokenizer.truncation = Truncation(greatestCount: 1)
    #expect(
      throws: TextError.truncation(
        "1 tokens are to be left, and the template alone has 2")
    ) { try tokenizer.encode("Alice") }
    tokenizer.truncation = Truncation(greatestCount: 3, strategy: .onlySecond)
    #expect(
      throws: TextError.truncation("the second text is to be truncated, and there is none")
    ) { try tokenizer.encode("Alice and the nation") }
    tokenizer.truncation = Truncation(greatestCount: 4, stride: 2)
    #expect(
      throws: TextError.truncation(
        "the stride is 2, and must be less than 2, the tokens that are left")
    ) { try tokenizer.encode("Alice and the nation") }
    tokenizer.truncation = Truncation(greatestCount: -1)
    #expect(throws: TextError.self) {
      try tokenizer.encode("Alice", addingSpecialTokens: false)
    }
  }
}
