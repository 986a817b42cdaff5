import Testing

@testable import TLCPipeline

struct HeldOutBlocksTests {
  /// Blocks of 16 texts of 2 tokens; a token is the number of its text.
  private static func blocks(texts: Int, measured: Int) -> HeldOutBlocks {
    HeldOutBlocks(
      of: (0..<Int32(2 * texts)).map { $0 / 2 }, textLength: 2, textCount: measured)
  }

  /// The first text of each block.
  private static func starts(_ tokens: [Int32]) -> [Int32] {
    stride(from: 0, to: tokens.count, by: 32).map { tokens[$0] }
  }

  @Test func `blocks are spread from the first text to the last`() {
    let blocks = Self.blocks(texts: 1000, measured: 64)
    #expect(Self.starts(blocks.all) == [0, 328, 656, 984])
    #expect(blocks.all.count == 128)
  }

  @Test func `all texts are measured where there are not as many as asked for`() {
    let blocks = Self.blocks(texts: 40, measured: 64)
    #expect(blocks.all == (0..<80).map { $0 / 2 })
  }

  @Test func `no text is measured twice`() {
    for (texts, measured) in [(41, 40), (47, 40), (48, 40), (1001, 1000), (1007, 1000), (33, 32)] {
      let all = Self.blocks(texts: texts, measured: measured).all
      #expect(Set(all).count == measured && all.count == 2 * measured, "\(texts), \(measured)")
    }
  }

  @Test func `some of the blocks validate and test as all of them do`() {
    let blocks = Self.blocks(texts: 1000, measured: 128)
    let (all, pairs) = (Self.starts(blocks.all), Self.starts(blocks.pairs(textCount: 64)))
    #expect(pairs == [all[0], all[1], all[4], all[5]])
    #expect(Self.starts(blocks.validating(textCount: 32)) == [all[0], all[4]])
    #expect(Self.starts(blocks.validating(textCount: 4096)) == [all[0], all[2], all[4], all[6]])
  }
}
