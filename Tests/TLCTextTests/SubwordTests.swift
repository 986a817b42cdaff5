import TLCTestSupport
import Testing

@testable import TLCText

/// The parts of the models against plain definitions of what they do.
@Suite struct SubwordTests {
  /// Joins the pair that is first in rank, the leftmost of equals, until there is none.
  private static func merged(_ word: [UInt8], _ pairs: [(first: [UInt8], second: [UInt8])])
    -> [[UInt8]]
  {
    var parts = word.map { [$0] }
    while true {
      let found = pairs.firstIndex { pair in
        parts.indices.dropLast().contains {
          parts[$0] == pair.first && parts[$0 + 1] == pair.second
        }
      }
      guard let found,
        let place = parts.indices.dropLast().first(where: {
          parts[$0] == pairs[found].first && parts[$0 + 1] == pairs[found].second
        })
      else { return parts }
      parts[place] += parts.remove(at: place + 1)
    }
  }

  @Test(arguments: 0..<200)
  func `merges as the definition does`(seed: UInt64) throws {
    var arbitrary = Arbitrary(seed: seed)
    let letters: [UInt8] = Array("abc".utf8)
    var tokens = letters.map { [$0] }
    var pairs: [(first: [UInt8], second: [UInt8])] = []
    for _ in 0..<arbitrary.int(in: 0...12) {
      let first = tokens[arbitrary.int(in: 0...tokens.count - 1)]
      let second = tokens[arbitrary.int(in: 0...tokens.count - 1)]
      if !pairs.contains(where: { $0 == (first, second) }) { pairs.append((first, second)) }
      if !tokens.contains(first + second) { tokens.append(first + second) }
    }
    let vocabulary = try Vocabulary(
      tokens.enumerated().map { ($0.element, $0.offset) }, file: "vocab.json")
    let model = try ByteLevelBPE(
      vocabulary, merges: pairs, mergesFile: "merges.txt", ByteLevelBPE.Options())
    for length in [1, 2, 3, 5, 8, 21, 60] {
      let word = (0..<length).map { _ in letters[arbitrary.int(in: 0...2)] }
      var ids: [Int32] = []
      model.encode(word, 0..<word.count, into: &ids)
      #expect(ids.map { tokens[Int($0)] } == Self.merged(word, pairs))
    }
  }

  @Test(arguments: 0..<50)
  func `finds what is in a table, and the longest of it`(seed: UInt64) {
    var arbitrary = Arbitrary(seed: seed)
    var tokens: [[UInt8]: Int32] = [:]
    let count = arbitrary.int(in: 0...300)
    var table = TokenTable(capacity: count)
    for id in 0..<Int32(count) {
      let token = arbitrary.bytes(arbitrary.int(in: 1...4)).map { $0 % 4 }
      let replaces = arbitrary.int(in: 0...1) == 0
      let isInserted = table.insert(token, id: id, replacing: replaces)
      #expect(isInserted)
      if replaces || tokens[token] == nil { tokens[token] = id }
    }
    #expect(table.count == tokens.count)
    for _ in 0..<200 {
      let text = arbitrary.bytes(arbitrary.int(in: 0...7)).map { $0 % 4 }
      #expect(table.id(of: text, 0..<text.count) == tokens[text])
      let longest = (1...7).reversed().first { tokens[Array(text.prefix($0))] != nil }
      let found = table.longest(in: text, 0..<text.count)
      #expect(found?.byteCount == longest.map { min($0, text.count) })
      #expect(found?.id == longest.flatMap { tokens[Array(text.prefix($0))] })
    }
  }

  /// Tokens that all belong in the first sixteenth of a table would make each search a long one.
  @Test func `refuses tokens that are chosen to collide`() {
    var table = TokenTable(capacity: 2000)
    let chosen = (0..<40_000).lazy.map { Array("\($0)".utf8) }
      .filter { table.firstSlot(TokenTable.hash(of: $0)) < 256 }
    #expect(chosen.count > 2000)
    let tokens = Array(chosen.prefix(2000))
    let isRefused = tokens.contains { !table.insert($0, id: 0) }
    #expect(isRefused)
    var other = TokenTable(capacity: 2000)
    let isTaken = (0..<2000).allSatisfy { other.insert(Array("\($0)".utf8), id: 0) }
    #expect(isTaken)
  }

  /// A word of 131,072 letters, of which every pair merges: minutes, if each merge sought the next.
  @Test func `merges long words in time`() throws {
    let tokens = (0..<10).map { [UInt8](repeating: 0x61, count: 1 << $0) }
    let vocabulary = try Vocabulary(
      tokens.enumerated().map { ($0.element, $0.offset) }, file: "vocab.json")
    let model = try ByteLevelBPE(
      vocabulary, merges: tokens.dropLast().map { ($0, $0) }, mergesFile: "merges.txt",
      ByteLevelBPE.Options())
    let word = [UInt8](repeating: 0x61, count: 1 << 17)
    var ids: [Int32] = []
    model.encode(word, 0..<word.count, into: &ids)
    #expect(ids == [Int32](repeating: 9, count: 1 << 8))
  }
}
