import TLCCore
import TLCPipeline
import TLCTestSupport
import Testing

/// Against sacrebleu: `scripts/record-bleu`.
struct BLEUTests {
  @Test func `scores and what they are made of are sacrebleu's`() throws {
    let json = try #require(StrictJSON(try Fixtures.bytes("text/bleu.json")))
    let corpora = try #require(json["corpora"]?.elements)
    #expect(corpora.count == 17)
    for corpus in corpora {
      func texts(_ key: String) throws -> [String] {
        try #require(corpus[key]?.elements).map { try #require($0.text) }
      }
      func counts(_ key: String) throws -> [Int] {
        try #require(corpus[key]?.elements).map { try #require($0.count) }
      }
      func number(_ text: String?) throws -> Double { try #require(text.flatMap { Double($0) }) }
      func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-11 * max(1, abs(b)) }
      let name = corpus["name"]?.text ?? ""
      let bleu = BLEU(try texts("translations"), references: try texts("references"))
      #expect(bleu.matchCounts == (try counts("matches")), "\(name)")
      #expect(bleu.counts == (try counts("counts")), "\(name)")
      #expect(bleu.length == corpus["length"]?.count, "\(name)")
      #expect(bleu.referenceLength == corpus["referenceLength"]?.count, "\(name)")
      #expect(isNear(bleu.brevityPenalty, try number(corpus["penalty"]?.text)), "\(name)")
      for (own, other) in zip(bleu.precisions, try texts("precisions")) {
        #expect(isNear(own, try number(other)), "\(name)")
      }
      #expect(isNear(bleu.score, try number(corpus["score"]?.text)), "\(name): \(bleu.score)")
    }
  }
}
